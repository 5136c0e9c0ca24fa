import { Component } from 'preact';
import * as format from './format';
import type { Row } from './model';
import { reference } from './severity';
import { Arrow, Level, PRIORITY_WORD, PrioritySymbol } from './symbols';
import { Trend } from './trend';
import { whyNoData } from './words';

export interface ZoneRowProps {
  row: Row;
  href: string;
  open: boolean; // its detail is shown
  current: boolean; // where the arrow keys are
  spanMinutes: number;
  showVenue: boolean;
  onCurrent: (key: string) => void;
}

const SHOWN: (keyof Row)[] = [
  'venue',
  'zone',
  'severity',
  'hasData',
  'priority',
  'letter',
  'density',
  'people',
  'inflow',
  'outflow',
  'degraded',
  'history',
  'direction',
];

function looksTheSame(a: ZoneRowProps, b: ZoneRowProps): boolean {
  return (
    a.href === b.href &&
    a.open === b.open &&
    a.current === b.current &&
    a.spanMinutes === b.spanMinutes &&
    a.showVenue === b.showVenue &&
    format.age(a.row.ageMs) === format.age(b.row.ageMs) &&
    SHOWN.every((field) => a.row[field] === b.row[field])
  );
}

export class ZoneRow extends Component<ZoneRowProps> {
  override shouldComponentUpdate(next: ZoneRowProps): boolean {
    return !looksTheSame(this.props, next);
  }

  override render({ row, href, open, current, spanMinutes, showVenue, onCurrent }: ZoneRowProps) {
    const full = reference(row.zone);
    return (
      <tr
        class={`zone is-${row.severity}${row.hasData ? '' : ' has-no-data'}`}
        data-zone={row.key}
        data-open={open}
        title={row.hasData ? undefined : whyNoData(row)}
        onClick={() => {
          location.hash = href;
        }}
      >
        <th scope="row">
          <a
            href={href}
            tabIndex={current ? 0 : -1}
            aria-current={open ? 'true' : undefined}
            onFocus={() => onCurrent(row.key)}
          >
            {row.zone.name}
          </a>
          {row.priority && (
            <PrioritySymbol
              priority={row.priority}
              title={`${PRIORITY_WORD[row.priority]} alarm open`}
            />
          )}
        </th>
        {showVenue && <td class="venue">{row.venue.name}</td>}
        <td>
          <Level letter={row.letter} />
        </td>
        <td class="bar-cell">
          <Bar load={row.load} />
        </td>
        <td class="number density">
          {row.degraded && <span title="Holds with a reservation: open the zone for it">≈ </span>}
          {format.density(row.density)}
        </td>
        <td class="number">{format.people(row.people)}</td>
        <Flow value={row.inflow} />
        <Flow value={row.outflow} />
        <td class="trend-cell">
          <Trend history={row.history} spanMinutes={spanMinutes} full={full} />
        </td>
        <td class="arrow-cell">
          <Arrow direction={row.direction} />
        </td>
        <td class="number age">{format.age(row.ageMs)}</td>
      </tr>
    );
  }
}

function Flow({ value }: { value: number | null }) {
  const shown = format.flow(value);
  return <td class={`number flow${shown === '0' ? ' is-zero' : ''}`}>{shown}</td>;
}

// Density as a share of the zone's limit; the tick is at 100 % of 125 %.
function Bar({ load }: { load: number | null }) {
  const share = Math.min(1, (load ?? 0) / 1.25);
  return (
    <span class="bar" aria-hidden="true">
      <span class="bar-fill" style={{ width: `${(share * 100).toFixed(1)}%` }} />
    </span>
  );
}
