// An instant on this machine, by both of its clocks. The monotonic one stops while a laptop sleeps
// and the wall clock can be set, so what has passed is the larger of the two: data may look older
// than they are for a moment, never younger.
export interface Instant {
  mono: number; // ms
  wall: number; // ms
}

export function here(): Instant {
  return { mono: performance.now(), wall: Date.now() };
}

// Milliseconds, never negative.
export function elapsed(from: Instant, to: Instant): number {
  return Math.max(0, to.mono - from.mono, to.wall - from.wall);
}
