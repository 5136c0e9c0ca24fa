// The last 15 minutes of a zone's density in equal steps, and where it is heading.

import type { HistoryView } from './wire';

export interface History {
  end: number; // ms, of the last point
  step: number; // ms
  density: (number | null)[]; // people/m2, oldest first; null is not known
}

const LONGEST_MS = 15 * 60_000;
const DEFAULT_STEP_MS = 5_000;
// A zone that says nothing for this long has not changed: the engine repeats each state every 10 s.
const REPEAT_MS = 12_000;

export function fromView(view: HistoryView): History {
  return { end: Date.parse(view.end), step: view.step_s * 1000, density: view.density };
}

// With `value` known at `at`. Returns `history` itself while the next step is not due.
export function extend(history: History | null, at: number, value: number | null): History {
  if (!history || history.step <= 0) {
    return { end: at, step: DEFAULT_STEP_MS, density: [value] };
  }
  const due = Math.floor((at - history.end) / history.step);
  if (due <= 0) return history;
  const longest = Math.floor(LONGEST_MS / history.step);
  const between = due * history.step <= REPEAT_MS ? value : null;
  const filled = new Array<number | null>(Math.min(due - 1, longest)).fill(between);
  return {
    end: history.end + due * history.step,
    step: history.step,
    density: [...history.density, ...filled, value].slice(-longest),
  };
}

// The shortest of these spans that holds all that is known, so that a page that has just been
// started does not show a strip with nothing in it.
const SPANS_MIN = [2, 5, 10, 15];

export function spanMinutes(histories: Iterable<History | null>): number {
  let known = 0;
  for (const history of histories) {
    if (!history) continue;
    const first = history.density.findIndex((value) => value !== null);
    if (first >= 0) known = Math.max(known, (history.density.length - first) * history.step);
  }
  return SPANS_MIN.find((minutes) => known <= minutes * 60_000) ?? 15;
}

export type Direction = 'rising fast' | 'rising' | 'steady' | 'falling' | 'falling fast';

const STEADY = 0.1; // of the reference, per minute
const FAST = 0.5;

function mean(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

// The mean of the last 10 s against that of the 10 s that ended 20 s earlier, as a share of
// `reference` people/m2.
export function direction(history: History | null, reference: number): Direction | null {
  if (!history) return null;
  const width = Math.max(1, Math.round(10_000 / history.step));
  const back = Math.min(Math.round(20_000 / history.step), history.density.length - width);
  if (back < width) return null;
  const length = history.density.length;
  const now = mean(history.density.slice(length - width));
  const then = mean(history.density.slice(length - width - back, length - back));
  if (now === null || then === null) return null;
  const perMinute = (now - then) / reference / ((back * history.step) / 60_000);
  const size = Math.abs(perMinute);
  if (size < STEADY) return 'steady';
  if (perMinute > 0) return size < FAST ? 'rising' : 'rising fast';
  return size < FAST ? 'falling' : 'falling fast';
}
