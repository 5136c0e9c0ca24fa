// A strip of density over time with the line of the zone's reference. Gaps stay gaps.

import type { History } from './history';

export const WIDTH = 100;
export const HEIGHT = 24;

interface Scale {
  spanMinutes: number;
  full: number; // people/m2, the reference
}

// People/m2 at the strip's upper edge. Half the reference at least: a breath of a nearly empty zone
// should not look like a wave, and the line of the reference should come in when it is near.
export function topOf(history: History, full: number): number {
  const most = history.density.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return Math.max(full * 0.5, most * 1.15);
}

// SVG paths of the known stretches: the line, and the ground under it.
export function paths(history: History, scale: Scale): { line: string; area: string } {
  const top = topOf(history, scale.full);
  const shown = Math.floor((scale.spanMinutes * 60_000) / history.step) + 1;
  const points = history.density.slice(-shown);
  const x = (index: number) =>
    WIDTH - (((points.length - 1 - index) * history.step) / (scale.spanMinutes * 60_000)) * WIDTH;
  const y = (value: number) => HEIGHT - (Math.max(0, value) / top) * (HEIGHT - 1) - 0.5;
  let line = '';
  let area = '';
  let start = -1;
  points.forEach((value, index) => {
    if (value === null) return;
    const place = `${x(index).toFixed(2)} ${y(value).toFixed(2)}`;
    const first = index === 0 || points[index - 1] === null;
    const last = index === points.length - 1 || points[index + 1] === null;
    if (first) start = index;
    line += `${first ? 'M' : 'L'}${place}`;
    area += first ? `M${x(index).toFixed(2)} ${HEIGHT}L${place}` : `L${place}`;
    if (last) area += `V${HEIGHT}H${x(start).toFixed(2)}Z`;
  });
  return { line, area };
}

export function Trend({ history, spanMinutes, full }: Scale & { history: History | null }) {
  if (!history) return <svg class="trend" aria-hidden="true" />;
  const { line, area } = paths(history, { spanMinutes, full });
  const limit = HEIGHT - (full / topOf(history, full)) * (HEIGHT - 1) - 0.5;
  return (
    <svg
      class="trend"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="trend-area" d={area} />
      {limit >= 0 && <path class="trend-limit" d={`M0 ${limit.toFixed(2)}H${WIDTH}`} />}
      <path class="trend-line" d={line} />
    </svg>
  );
}
