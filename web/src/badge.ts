// What the browser's tab says when the page is behind others.

import { type View } from './model';
import { type Headline } from './words';

export interface Badge {
  mark: string; // at most two characters, in the icon
  ground: string;
  ink: string;
  title: string;
}

export function badgeOf(view: View | null, lost: boolean, headline: Headline): Badge {
  if (lost || !view) {
    return {
      mark: '?',
      ground: '#5d666f',
      ink: '#ffffff',
      title: `? ${headline.text} · crowdflow`,
    };
  }
  const open = view.open.length;
  const mark = open > 99 ? '99' : open > 0 ? String(open) : '';
  const title = `${open > 0 ? `(${open}) ` : ''}${headline.text} · crowdflow`;
  switch (headline.tone) {
    case 'critical':
      return { mark, ground: '#c3271b', ink: '#ffffff', title };
    case 'warning':
      return { mark: mark || '!', ground: '#f2b21b', ink: '#1b2025', title };
    case 'no-data':
      return { mark: '–', ground: '#5d666f', ink: '#ffffff', title };
    default:
      return { mark: '', ground: '#5d666f', ink: '#ffffff', title };
  }
}

export function iconOf(badge: Badge): string {
  const size = badge.mark.length > 1 ? 18 : 24;
  const inside = badge.mark
    ? `<text x="16" y="${16 + size * 0.36}" font-family="sans-serif" font-weight="700" ` +
      `font-size="${size}" text-anchor="middle" fill="${badge.ink}">${badge.mark}</text>`
    : `<path d="M9 16.5l5 5 9-11" fill="none" stroke="${badge.ink}" stroke-width="3.5"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">` +
    `<rect width="32" height="32" rx="7" fill="${badge.ground}"/>${inside}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

let shown = '';

export function wear(badge: Badge): void {
  if (document.title !== badge.title) document.title = badge.title;
  const icon = iconOf(badge);
  if (icon === shown) return;
  shown = icon;
  document.getElementById('favicon')?.setAttribute('href', icon);
}
