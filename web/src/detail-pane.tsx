// All that is known of one zone.

import * as format from './format';
import type { Row } from './model';
import { LETTER_WORD, SEVERITY_WORD, reference } from './severity';
import { LevelScale } from './level-scale';
import { Arrow, LevelChip } from './symbols';
import { Trend, topOf } from './trend';
import type { Opening, Venue } from './wire';
import { qualityReason, squared, whyNoData } from './words';

interface Props {
  row: Row;
  spanMinutes: number;
  onClose: () => void;
}

export function DetailPane({ row, spanMinutes, onClose }: Props) {
  const { zone, venue, view } = row;
  return (
    <aside class={`detail is-${row.severity}`} aria-labelledby="detail-title">
      <div class="detail-head">
        <div>
          <h2 id="detail-title">{zone.name}</h2>
          <p class="note">
            {venue.name} · {zone.kind} · {SEVERITY_WORD[row.severity].toLowerCase()}
          </p>
        </div>
        <button type="button" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </div>
      <div class={`detail-scroll${row.hasData ? '' : ' has-no-data'}`}>
        <p class="detail-now">
          <LevelChip letter={row.letter} />
          <span>
            <b>{format.density(row.density)}</b> people/m²
            <small>
              {row.letter ? LETTER_WORD[row.letter] : `No data${past(row)}`}
              {row.direction && `, ${row.direction}`} <Arrow direction={row.direction} />
            </small>
          </span>
        </p>
        {!row.hasData && <p class="why">{whyNoData(row)}</p>}
        <LevelScale
          profile={zone.profile}
          density={row.hasData ? row.density : null}
          letter={row.letter}
        />
        <BigTrend row={row} spanMinutes={spanMinutes} />
        <dl>
          <dt>People</dt>
          <dd>
            {format.people(row.people)}
            {zone.capacity !== null && ` of ${format.people(zone.capacity)}`}
            {zone.capacity !== null && row.people !== null && (
              <span class="quiet"> ({Math.round((100 * row.people) / zone.capacity)} %)</span>
            )}
          </dd>
          <dt>Area</dt>
          <dd>{format.plain(zone.area_m2)} m²</dd>
          <dt>Flow</dt>
          <dd>
            {format.flow(row.inflow)} in, {format.flow(row.outflow)} out{' '}
            <span class="quiet">per min</span>
          </dd>
          <dt>Window</dt>
          <dd>{windowOf(row)}</dd>
          <Openings row={row} venue={venue} />
          <dt>Quality</dt>
          <dd>
            {view?.quality === 'QUALITY_GOOD' && row.hasData
              ? 'All sensors of the zone speak.'
              : (view?.quality_reasons ?? []).map(qualityReason).join(' ') || whyNoData(row)}
          </dd>
          <dt>Profile</dt>
          <dd>
            {zone.profile.name}
            {zone.profile.limit !== null && `, limit ${format.plain(zone.profile.limit)} people/m²`}
            <span class="quiet source">{squared(zone.profile.source)}</span>
          </dd>
        </dl>
      </div>
    </aside>
  );
}

const past = (row: Row): string =>
  row.density === null || row.ageMs === null ? '' : `, this is ${format.age(row.ageMs)} old`;

function windowOf({ view, venue, hasData }: Row): string {
  if (!view?.window_end || !view.density || !hasData) return format.NOTHING;
  const end = format.clockTime(Date.parse(view.window_end), venue.time_zone);
  const { mean, maximum } = view.density;
  const length = view.window_start
    ? (Date.parse(view.window_end) - Date.parse(view.window_start)) / 1000
    : venue.shortest_window_s;
  const spread = `mean ${format.density(mean)}, highest ${format.density(maximum)}`;
  return `${format.plain(length)} s to ${end}: ${spread}`;
}

function BigTrend({ row, spanMinutes }: { row: Row; spanMinutes: number }) {
  const full = reference(row.zone);
  const top = row.history ? topOf(row.history, full) : full;
  const mark = Math.min(full, top); // the reference, or the upper edge when that is lower
  return (
    <figure class={`big-trend is-${row.severity}`}>
      <div class="big-trend-plot">
        <Trend history={row.history} spanMinutes={spanMinutes} full={full} />
        <span class="big-trend-mark" style={{ bottom: `${((mark / top) * 100).toFixed(1)}%` }}>
          {format.plain(mark)}
        </span>
      </div>
      <figcaption>
        <span>{spanMinutes} min ago</span>
        <span>people/m²</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function Openings({ row, venue }: { row: Row; venue: Venue }) {
  const flows = row.hasData ? (row.view?.specific_flow ?? []) : [];
  if (flows.length === 0) return null;
  const name = (id: string) => {
    const opening: Opening | undefined = venue.openings.find((candidate) => candidate.id === id);
    return opening?.name || id;
  };
  return (
    <>
      <dt>Openings</dt>
      <dd>
        {flows.map((flow) => (
          <span class="opening" key={flow.opening_id}>
            {name(flow.opening_id)} <span>{format.plain(flow.people_per_metre_per_minute)} </span>
          </span>
        ))}
        <span class="quiet">people per metre and minute</span>
      </dd>
    </>
  );
}
