// All zones, worst first.

import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useHold } from './hold';
import { type Row, type View, belongs, matches } from './model';
import { heldOrder, noOrder, sameOrder, worstFirst } from './order';
import { type Place, writePlace } from './place';
import { ZoneRow } from './zone-row';

interface Props {
  view: View;
  place: Place;
  current: string | null;
  onCurrent: (key: string) => void;
  onShowAll: () => void;
}

export function ZonesTable({ view, place, current, onCurrent, onShowAll }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const isHeld = useHold(panel);
  const order = useRef(noOrder);
  const shown = useRef<string[]>([]);

  useKeptFocus(panel);
  order.current = worstFirst(order.current, view.rows);
  const wanted = order.current.keys;
  shown.current = isHeld() ? heldOrder(shown.current, wanted) : wanted;
  const held = !sameOrder(shown.current, wanted);

  const byKey = new Map(view.rows.map((row) => [row.key, row]));
  const rows = shown.current.map((key) => byKey.get(key)!).filter((row) => passes(row, place));
  const first = rows.some((row) => row.key === current) ? current : (rows[0]?.key ?? null);
  const showVenue = new Set(view.rows.map((row) => row.venue.id)).size > 1;

  return (
    <div class={`zones${showVenue ? ' with-venue' : ''}`} ref={panel}>
      <div class="zones-scroll">
        <table>
          <caption class="unseen">Zones, worst first</caption>
          <colgroup>
            <col class="col-zone" />
            {showVenue && <col class="col-venue" />}
            <col class="col-level" />
            <col class="col-bar" />
            <col class="col-density" />
            <col class="col-people" />
            <col class="col-flow" />
            <col class="col-flow" />
            <col class="col-trend" />
            <col class="col-arrow" />
            <col class="col-age" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">
                Zone <small>{held ? 'order held while you point' : 'worst first'}</small>
              </th>
              {showVenue && <th scope="col">Venue</th>}
              <th scope="col">
                Level <small>of service</small>
              </th>
              <th scope="col" class="bar-cell">
                <span class="unseen">Share of the limit</span>
              </th>
              <th scope="col" class="number">
                Density <small>people/m²</small>
              </th>
              <th scope="col" class="number">
                People <small>present</small>
              </th>
              <th scope="col" class="number flow">
                In <small>per min</small>
              </th>
              <th scope="col" class="number flow">
                Out <small>per min</small>
              </th>
              <th scope="col" class="trend-cell" colSpan={2}>
                Trend <small>last {view.spanMinutes} min</small>
              </th>
              <th scope="col" class="number age">
                Age <small>of data</small>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ZoneRow
                key={row.key}
                row={row}
                href={writePlace({ ...place, zone: row.key })}
                open={place.zone === row.key}
                current={row.key === first}
                spanMinutes={view.spanMinutes}
                showVenue={showVenue}
                onCurrent={onCurrent}
              />
            ))}
          </tbody>
        </table>
        {rows.length < view.rows.length && (
          <p class="filtered">
            {rows.length === 0
              ? 'No zone matches.'
              : `${view.rows.length - rows.length} more zones hidden by the filter.`}{' '}
            <button type="button" class="link" onClick={onShowAll}>
              Show all {view.rows.length}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

// A row that moves in the document loses the focus: give it back.
function useKeptFocus(panel: RefObject<HTMLElement>): void {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && panel.current?.contains(active) ? active : null;
  useLayoutEffect(() => {
    if (focused?.isConnected && document.activeElement !== focused) {
      focused.focus({ preventScroll: true });
    }
  });
}

function passes(row: Row, place: Place): boolean {
  return (place.show === null || belongs(row, place.show)) && matches(row, place.find);
}
