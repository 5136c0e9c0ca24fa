// Shapes that carry their meaning without colour.

import { type Priority, type Severity, LETTER_WORD } from './severity';
import type { Letter } from './wire';

const SQUARE =
  'M6.5 2h11A4.5 4.5 0 0 1 22 6.5v11a4.5 4.5 0 0 1-4.5 4.5h-11A4.5 4.5 0 0 1 2 17.5v-11A4.5 4.5 0 0 1 6.5 2z';
const HEXAGON = 'M6.6 1.8h10.8L23.2 12l-5.8 10.2H6.6L.8 12z';
const OCTAGON = 'M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z';

// Level of service: a square up to D, a hexagon for E, an octagon for F.
export function LevelChip({ letter }: { letter: Letter | null }) {
  const shape = letter === 'F' ? OCTAGON : letter === 'E' ? HEXAGON : SQUARE;
  return (
    <svg class={`chip chip-${letter ?? 'none'}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={shape} />
      <text x="12" y="17">
        {letter ?? '?'}
      </text>
    </svg>
  );
}

export function Level({ letter }: { letter: Letter | null }) {
  return (
    <span class="level">
      <LevelChip letter={letter} />
      {letter ? LETTER_WORD[letter] : 'No data'}
    </span>
  );
}

const PRIORITY_SHAPE: Record<Priority, string> = {
  critical: 'M12 1.5 23.5 22H.5z',
  high: 'M12 .8 23.2 12 12 23.2.8 12z',
  medium: 'M2 3.5h20L12 22z',
  low: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z',
};

export const PRIORITY_WORD: Record<Priority, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

export function PrioritySymbol({ priority, title }: { priority: Priority; title?: string }) {
  return (
    <svg
      class={`symbol priority-${priority}`}
      viewBox="0 0 24 24"
      role="img"
      aria-label={title}
      aria-hidden={title === undefined}
    >
      <path d={PRIORITY_SHAPE[priority]} />
      {priority === 'critical' && <path class="mark" d="M12 9v6M12 17.6v1.8" />}
      {priority === 'high' && <path class="mark" d="M12 6.5v7M12 16v1.8" />}
    </svg>
  );
}

// The four severities, and a lost connection.
export function SeveritySymbol({ severity }: { severity: Severity | 'lost' }) {
  return (
    <svg class={`symbol severity-${severity}`} viewBox="0 0 24 24" aria-hidden="true">
      {severity === 'critical' && (
        <>
          <path d={PRIORITY_SHAPE.critical} />
          <path class="mark" d="M12 9v6M12 17.6v1.8" />
        </>
      )}
      {severity === 'warning' && (
        <>
          <path d={HEXAGON} />
          <path class="mark" d="M12 6v7.4M12 16v2" />
        </>
      )}
      {severity === 'no-data' && (
        <>
          <path d={SQUARE} />
          <path class="mark" d="M4 13.5 13.5 4M4 20 20 4M10.5 20 20 10.5" />
        </>
      )}
      {severity === 'normal' && <path class="mark" d="M4.5 12.8 9.6 18 19.5 6.5" />}
      {severity === 'lost' && (
        <>
          <path d="M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19z" />
          <path class="mark" d="M6 18 18 6" />
        </>
      )}
    </svg>
  );
}

const TURN: Record<string, number> = {
  'rising fast': -90,
  rising: -45,
  steady: 0,
  falling: 45,
  'falling fast': 90,
};

export function Arrow({ direction }: { direction: string | null }) {
  if (direction === null) return <span class="arrow" />;
  return (
    <svg class="arrow" viewBox="0 0 24 24" role="img" aria-label={direction}>
      <path d="M3.5 12h16M13 5.5l6.5 6.5-6.5 6.5" transform={`rotate(${TURN[direction]} 12 12)`} />
    </svg>
  );
}
