import { type Brand, brandRule } from '@hushfield/card';

/** Our own neutral drawing of a card with the network's name: no network's artwork is shipped. */
export function CardMark({ brand }: { brand: Brand }) {
  if (brand !== 'unknown') return <span class="mark brand">{brandRule(brand).label}</span>;
  return (
    <svg class="mark" viewBox="0 0 32 22" width="32" height="22" aria-hidden="true">
      <rect x="1" y="1" width="30" height="20" rx="3" />
      <path d="M1 7h30M5 15h8" />
    </svg>
  );
}

/** Where to look for the code: three digits on the back, or four on the front. */
export function CodeMark({ front }: { front: boolean }) {
  return (
    <svg class="mark" viewBox="0 0 32 22" width="32" height="22" aria-hidden="true">
      <rect x="1" y="1" width="30" height="20" rx="3" />
      {front ? <path d="M5 15h8" /> : <path d="M1 6h30" class="strip" />}
      <rect x="18" y={front ? 5 : 11} width="10" height="6" rx="2" class="hint" />
    </svg>
  );
}
