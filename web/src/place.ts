// Where the operator is on the page, kept in the address: what is filtered, what is open.

import { type Severity, SEVERITIES } from './severity';

export interface Place {
  show: Severity | null; // only zones of this severity
  find: string; // only zones that match these words
  zone: string | null; // key of the zone in the detail pane
}

export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const show = fields.get('show') as Severity | null;
  return {
    show: show && SEVERITIES.includes(show) ? show : null,
    find: fields.get('find') ?? '',
    zone: fields.get('zone') || null,
  };
}

export function writePlace(place: Place): string {
  const fields = new URLSearchParams();
  if (place.show) fields.set('show', place.show);
  if (place.find) fields.set('find', place.find);
  if (place.zone) fields.set('zone', place.zone);
  const text = fields.toString().replaceAll('%2F', '/');
  return text ? `#${text}` : '#';
}
