// How many zones are how bad. Each count is also the filter for those zones.

import { useEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { View } from './model';
import type { Place } from './place';
import { SEVERITIES, SEVERITY_WORD } from './severity';
import { SeveritySymbol } from './symbols';

interface Props {
  view: View;
  place: Place;
  findBox: RefObject<HTMLInputElement>;
  onPlace: (place: Place) => void;
}

export function Counts({ view, place, findBox, onPlace }: Props) {
  return (
    <div class="counts" role="group" aria-label="Filter zones">
      {SEVERITIES.map((severity) => {
        const pressed = place.show === severity;
        const count = view.counts[severity];
        return (
          <button
            type="button"
            key={severity}
            class={`count count-${severity}${count === 0 ? ' is-zero' : ''}`}
            aria-pressed={pressed}
            onClick={() => onPlace({ ...place, show: pressed ? null : severity })}
          >
            <SeveritySymbol severity={severity} />
            <span class="count-number">{count}</span> {SEVERITY_WORD[severity]}
          </button>
        );
      })}
      <FindBox place={place} findBox={findBox} onPlace={onPlace} />
    </div>
  );
}

function FindBox({ place, findBox, onPlace }: Omit<Props, 'view'>) {
  // What is being typed; a trailing space must not be lost on its way through the address.
  const [text, setText] = useState(place.find);
  useEffect(() => {
    if (place.find !== text.trim()) setText(place.find);
  }, [place.find]);
  return (
    <label class="find">
      <span class={text ? 'unseen' : 'find-label'}>Find a zone</span>
      <input
        type="search"
        ref={findBox}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          onPlace({ ...place, find: event.currentTarget.value.trim() });
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
