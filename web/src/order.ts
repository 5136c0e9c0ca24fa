// Worst first, and calm: two zones change places when one is clearly worse, not at every breath.

import { type Priority, type Severity, priorityRank, severityRank } from './severity';

export interface Rankable {
  key: string;
  severity: Severity;
  priority: Priority | null;
  load: number | null;
  index: number; // place in the venue file, over all venues
}

const BUCKET = 0.1; // of the zone's reference density
const HOLD = 0.05; // a zone stays in its bucket until it is this far outside

export function bucket(before: number | undefined, load: number | null): number {
  if (load === null) return -1;
  if (before !== undefined && before >= 0) {
    if (load >= before * BUCKET - HOLD && load < (before + 1) * BUCKET + HOLD) return before;
  }
  return Math.floor(load / BUCKET);
}

export interface Order {
  keys: string[];
  buckets: ReadonlyMap<string, number>;
}

export const noOrder: Order = { keys: [], buckets: new Map() };

export function worstFirst(before: Order, rows: readonly Rankable[]): Order {
  const buckets = new Map(
    rows.map((row) => [row.key, bucket(before.buckets.get(row.key), row.load)]),
  );
  const sorted = [...rows].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      priorityRank(b.priority) - priorityRank(a.priority) ||
      buckets.get(b.key)! - buckets.get(a.key)! ||
      a.index - b.index,
  );
  return { keys: sorted.map((row) => row.key), buckets };
}

// The order on the screen, kept as it is; what is new comes last, what is gone leaves.
export function heldOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const there = new Set(wanted);
  const kept = shown.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

export const sameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, index) => key === b[index]);
