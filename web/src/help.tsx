// What the keys and shapes mean.

import { useEffect, useRef } from 'preact/hooks';
import type { Live } from './live';
import { LETTER_WORD, type Priority } from './severity';
import { LevelChip, PRIORITY_WORD, PrioritySymbol, SeveritySymbol } from './symbols';
import type { Letter } from './wire';

const KEYS: [string, string][] = [
  ['/', 'find a zone'],
  ['↑ ↓', 'move through the zones'],
  ['Enter', 'open the zone’s detail'],
  ['Esc', 'close the detail, clear the filter'],
  ['p', 'hold the table still, or let it go on'],
  ['?', 'this help'],
];

export function Help({ live, onClose }: { live: Live; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog class="help" ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <div class="detail-head">
        <h2 id="help-title">How to read this page</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close <kbd>Esc</kbd>
        </button>
      </div>
      <div class="help-columns">
        <div>
          <h3>Level of service</h3>
          <ul class="legend">
            {(Object.keys(LETTER_WORD) as Letter[]).map((letter) => (
              <li key={letter}>
                <LevelChip letter={letter} /> {LETTER_WORD[letter]}
              </li>
            ))}
            <li>
              <LevelChip letter={null} /> No data: never read it as empty
            </li>
          </ul>
        </div>
        <div>
          <h3>Alarms</h3>
          <ul class="legend">
            {(Object.keys(PRIORITY_WORD) as Priority[]).map((priority) => (
              <li key={priority}>
                <PrioritySymbol priority={priority} /> {PRIORITY_WORD[priority]}
              </li>
            ))}
          </ul>
          <h3>Zones</h3>
          <ul class="legend">
            <li>
              <SeveritySymbol severity="warning" /> Warning: an alarm below critical, level E or F,
              or at the limit
            </li>
          </ul>
        </div>
        <div>
          <h3>Keys</h3>
          <dl class="keys">
            {KEYS.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
      <p class="note">
        Pausing holds the table; the sentence at the top, the counts, the alarms and the tab’s icon
        go on. ≈ before a density: it holds with a reservation. The bar beside it is full at 125 %
        of the zone’s limit.
      </p>
      <p class="note">
        crowdflow {live.version || 'not heard yet'}
        {live.lastMisread && ` · last unreadable frame: ${live.lastMisread}`}
      </p>
    </dialog>
  );
}
