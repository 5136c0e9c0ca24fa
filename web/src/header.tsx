// The state of everything in one sentence, and whether it can be trusted.

import * as format from './format';
import type { Live } from './live';
import type { View } from './model';
import { SeveritySymbol } from './symbols';
import type { Headline } from './words';

interface Props {
  live: Live;
  view: View;
  headline: Headline;
  // A line above the sentence: where, or what is wrong.
  note: string;
  timeZone: string;
  pausedAt: number | null; // ms
  onPause: () => void;
  onHelp: () => void;
}

export function Header(props: Props) {
  const { live, view, headline, note, timeZone, pausedAt, onPause, onHelp } = props;
  const clock = format.siteTime(view.now, timeZone);
  const lost = live.link === 'lost';
  return (
    <header class={`top tone-${headline.tone}`}>
      <div class="headline">
        <SeveritySymbol severity={headline.tone} />
        <div>
          <p class="note" title={note}>
            {note}
          </p>
          <h1 title={headline.text}>{headline.text}</h1>
        </div>
      </div>
      <div class="clock">
        <time>
          {clock.time} <small>{clock.zone}</small>
        </time>
        <p>
          <LinkState link={pausedAt !== null && !lost ? 'paused' : live.link} />
          <span class="data-age">
            {view.dataAgeMs === null ? 'no data yet' : `data ${format.age(view.dataAgeMs)} old`}
          </span>
          {live.misread > 0 && (
            <span class="misread" title="See the help for what was wrong">
              {' '}
              · {format.count(live.misread, 'frame')} unreadable
            </span>
          )}
        </p>
      </div>
      <div class="actions">
        <button
          type="button"
          aria-pressed={pausedAt !== null}
          onClick={onPause}
          disabled={lost && pausedAt === null}
        >
          {pausedAt === null ? 'Pause' : 'Go on'} <kbd>p</kbd>
        </button>
        <button type="button" onClick={onHelp}>
          Help <kbd>?</kbd>
        </button>
      </div>
    </header>
  );
}

const LINK_WORD = { connecting: 'Connecting', live: 'Live', lost: 'Lost', paused: 'Paused' };

function LinkState({ link }: { link: keyof typeof LINK_WORD }) {
  return (
    <span class={`link-state link-${link}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {link === 'live' && <circle cx="6" cy="6" r="4.5" class="solid" />}
        {link === 'connecting' && <circle cx="6" cy="6" r="4" />}
        {link === 'paused' && <path d="M4 2v8M8 2v8" />}
        {link === 'lost' && <path d="M2 2l8 8M10 2l-8 8" />}
      </svg>
      {LINK_WORD[link]}
    </span>
  );
}
