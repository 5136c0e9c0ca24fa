// Text of a frame -> a message that the rest of the page can rely on, or what is wrong with it.
// A frame is taken whole or not at all: half a truth about a crowd is worse than a gap.

import type { Message } from './wire';

export type Decoded = { ok: true; message: Message } | { ok: false; problem: string };

class Malformed extends Error {}

type Check = (value: unknown, path: string) => void;
type Shape = Record<string, Check>;

function wrong(path: string, wanted: string, found: unknown): never {
  const text = JSON.stringify(found) ?? 'missing';
  throw new Malformed(`${path || 'the frame'} should be ${wanted}, not ${text.slice(0, 40)}`);
}

const text: Check = (value, path) => {
  if (typeof value !== 'string') wrong(path, 'text', value);
};
const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') wrong(path, 'true or false', value);
};
const number: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) wrong(path, 'a number', value);
};
const time: Check = (value, path) => {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) wrong(path, 'a time', value);
};
const integer: Check = (value, path) => {
  if (typeof value === 'string' ? !/^\d+$/.test(value) : !Number.isInteger(value)) {
    wrong(path, 'a whole number', value);
  }
};
const maybe =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null && value !== undefined) check(value, path);
  };
const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) wrong(path, 'a list', value);
    value.forEach((item, index) => check(item, `${path}[${index}]`));
  };
const object =
  (shape: Shape): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      wrong(path, 'an object', value);
    }
    for (const [name, check] of Object.entries(shape)) {
      check((value as Record<string, unknown>)[name], path ? `${path}.${name}` : name);
    }
  };

const fiveRising: Check = (value, path) => {
  list(number)(value, path);
  const bounds = value as number[];
  if (bounds.length !== 5 || bounds.some((bound, i) => i > 0 && bound < bounds[i - 1]!)) {
    wrong(path, 'five rising numbers', value);
  }
};

const profile = object({ name: text, begins_at: fiveRising, limit: maybe(number), source: text });

const zone = object({
  id: text,
  name: text,
  kind: text,
  area_m2: number,
  capacity: maybe(number),
  stale_after_s: number,
  profile,
});

const opening = object({ id: text, name: text, from: text, to: text, width_m: maybe(number) });

const venue = object({
  id: text,
  name: text,
  time_zone: text,
  shortest_window_s: number,
  zones: list(zone),
  openings: list(opening),
});

const zoneView = object({
  venue_id: text,
  zone_id: text,
  window_start: maybe(time),
  window_end: maybe(time),
  occupancy: maybe(object({ mean: number })),
  density: maybe(object({ at_end: number, mean: number, maximum: number })),
  level_of_service: maybe(text),
  inflow: maybe(number),
  outflow: maybe(number),
  specific_flow: maybe(list(object({ opening_id: text, people_per_metre_per_minute: number }))),
  quality: text,
  quality_reasons: list(text),
});

const alertView = object({
  alert_id: text,
  occurrence: integer,
  venue_id: text,
  zone_id: text,
  rule_id: text,
  priority: text,
  state: text,
  condition_active: flag,
  value: number,
  threshold: number,
  unit: text,
  event_time: time,
  reason: text,
});

const history = object({
  venue_id: text,
  zone_id: text,
  end: time,
  step_s: number,
  density: list(maybe(number)),
});

const update: Shape = {
  sequence: integer,
  now: time,
  feed: object({ reachable: flag, reason: maybe(text) }),
  zones: list(zoneView),
  alerts: list(alertView),
};

const snapshot: Shape = { ...update, version: text, venues: list(venue), history: list(history) };

export function decode(frame: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { ok: false, problem: `the frame is not JSON: ${frame.slice(0, 40)}` };
  }
  try {
    object({ type: text })(value, '');
    const type = (value as { type: string }).type;
    if (type !== 'snapshot' && type !== 'update') wrong('type', 'snapshot or update', type);
    object(type === 'snapshot' ? snapshot : update)(value, '');
    return { ok: true, message: value as Message };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: error.message };
    throw error;
  }
}
