// What a screen reader is told: changes of level, never numbers that tick.

import { type Row, type View } from './model';
import { type Severity, LETTER_WORD } from './severity';

const MOST = 3;

export type Told = ReadonlyMap<string, string>;

export const summaryOf = (view: View): Told =>
  new Map(view.rows.map((row) => [row.key, `${row.severity} ${row.hasData}`]));

// In words what changed since `before`, worst first; '' when nothing did or nothing was known.
export function changes(before: Told, view: View): string {
  if (before.size === 0) return '';
  const changed = view.rows.filter((row) => {
    const told = before.get(row.key);
    return told !== undefined && told !== `${row.severity} ${row.hasData}`;
  });
  changed.sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity) || a.index - b.index);
  const said = changed.slice(0, MOST).map(sentence);
  if (changed.length > MOST) said.push(`${changed.length - MOST} more zones changed.`);
  return said.join(' ');
}

const RANK: Severity[] = ['critical', 'warning', 'no-data', 'normal'];

function sentence(row: Row): string {
  const level = row.letter ? `, level ${row.letter}, ${LETTER_WORD[row.letter].toLowerCase()}` : '';
  switch (row.severity) {
    case 'critical':
      return `Critical alarm: ${row.zone.name}${level}.`;
    case 'warning':
      return `Warning: ${row.zone.name}${level}.`;
    case 'no-data':
      return `No data from ${row.zone.name}.`;
    case 'normal':
      return `${row.zone.name} is normal again${level}.`;
  }
}
