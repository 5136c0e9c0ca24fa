// The page's sentences.

import * as format from './format';
import type { Live } from './live';
import type { Row, View } from './model';
import { type Severity, LETTER_WORD } from './severity';
import type { Venue } from './wire';

const REASONS: Record<string, string> = {
  SENSOR_SILENT: 'A sensor that feeds the zone has fallen silent.',
  UNANCHORED: 'No count has confirmed the level yet; the venue is taken to have started empty.',
  START_UNKNOWN: 'How many people were here at the start is not known.',
  HISTORY_MISSING: 'The log does not reach back far enough to know the level.',
  NO_SENSOR: 'No sensor feeds this zone.',
  NEVER_HEARD: 'Nothing has been heard from its sensors yet.',
  CAPPED: 'The gauge is at its cap: there may be more people than it says.',
  CLOCK_SKEWED: 'A sensor’s clock runs ahead.',
  UNMEASURED_OPENING: 'People may pass an opening that no sensor watches.',
  APPORTIONED: 'Only the whole venue was counted; this zone is given its share.',
};

export function qualityReason(reason: string): string {
  const name = reason.replace('QUALITY_REASON_', '');
  return REASONS[name] ?? `${name.toLowerCase().replaceAll('_', ' ')}.`;
}

// Why there is no data, in a sentence.
export function whyNoData(row: Row): string {
  const reason = row.view?.quality_reasons[0];
  if (reason) return qualityReason(reason);
  if (!row.view || row.ageMs === null) return 'Nothing has been heard of this zone yet.';
  return `Nothing has been heard of this zone for ${format.age(row.ageMs)}.`;
}

// The engine and venue files write units in ASCII.
export const squared = (text: string): string => text.replace(/\bm2\b/g, 'm²');

// An alarm's reason beside its zone's name, which the engine says first.
export function reasonBeside(name: string, reason: string): string {
  return squared(reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason);
}

export interface Headline {
  tone: Severity | 'lost';
  text: string;
}

// The state of everything in one sentence.
export function headline(view: View): Headline {
  const { rows, counts } = view;
  const critical = view.open.filter((alarm) => alarm.priority === 'critical');
  if (critical.length) {
    const name = critical[0]!.zoneName;
    const text =
      critical.length === 1
        ? `Critical alarm: ${name}`
        : `${critical.length} critical alarms, newest: ${name}`;
    return { tone: 'critical', text };
  }
  if (view.open.length) {
    const worst = view.open[0]!;
    const text =
      view.open.length === 1
        ? `Alarm: ${worst.zoneName}`
        : `${view.open.length} alarms, worst: ${worst.zoneName}`;
    return { tone: 'warning', text };
  }
  if (counts.warning) {
    const watched = rows.filter((row) => row.severity === 'warning');
    if (watched.length > 1) return { tone: 'warning', text: `${watched.length} zones to watch` };
    return { tone: 'warning', text: watching(watched[0]!) };
  }
  const blind = counts['no-data'];
  if (blind) {
    const text =
      blind === rows.length
        ? 'No data from any zone'
        : blind === 1
          ? `No data from ${rows.find((row) => !row.hasData)!.zone.name}`
          : `No data from ${blind} of ${rows.length} zones`;
    return { tone: 'no-data', text };
  }
  const text =
    rows.length === 1 ? `${rows[0]!.zone.name} is normal` : `All ${rows.length} zones normal`;
  return { tone: 'normal', text };
}

function watching(row: Row): string {
  if (row.load !== null && row.load >= 1) return `${row.zone.name} is at its limit`;
  const word = row.letter ? LETTER_WORD[row.letter].toLowerCase() : 'busy';
  return `${row.zone.name} is ${word}`;
}

// With what may make the picture itself unreliable, which goes before what is on it.
export function overall(live: Live, view: View): Headline {
  if (live.link === 'lost' && live.heard) {
    const since = format.clockTime(live.now, timeZoneOf(live.venues));
    return { tone: 'lost', text: `Connection lost at ${since}` };
  }
  if (live.link === 'lost') return { tone: 'lost', text: 'The console cannot be reached' };
  if (live.link === 'connecting') return { tone: 'no-data', text: 'Connecting' };
  if (!live.feed.reachable) return { tone: 'lost', text: 'The log cannot be reached' };
  if (view.rows.length === 0) return { tone: 'no-data', text: 'No venue yet' };
  return headline(view);
}

// The line above the sentence: where this is, or what to know before believing the rest.
export function noteOf(live: Live, view: View, held: View | null): string {
  if (live.link === 'lost') {
    const ago = format.age(view.now - live.now);
    return `What you see is ${ago} old: ${live.reason ?? 'no answer yet'}. Trying again.`;
  }
  if (!live.feed.reachable) return live.feed.reason ?? 'No reason is known.';
  if (held) {
    const at = format.clockTime(held.now, timeZoneOf(live.venues));
    return `The table is held as of ${at}, ${format.age(view.now - held.now)} ago. Alarms go on.`;
  }
  const names = live.venues.map((venue) => venue.name).join(', ');
  return view.people === null ? names : `${names} · ${peopleOf(view)}`;
}

function peopleOf(view: View): string {
  const where = view.counts['no-data'] ? ' in the zones with data' : '';
  return `${format.people(view.people)} people${where}`;
}

// The venues' own, when they share one.
export function timeZoneOf(venues: Venue[]): string {
  const first = venues[0]?.time_zone ?? 'UTC';
  return venues.every((venue) => venue.time_zone === first) ? first : 'UTC';
}
