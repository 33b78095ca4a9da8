// Types for checking the scripts of the pages; browsers never load this file.
// Ids are those of card.html; what the counter's scripts use is in counter/screen/counter.d.ts.

/** Finds an element of the page by its id; ids that no page has are mistakes. */
type ById<Elements> = <Id extends keyof Elements>(id: Id) => Elements[Id];

type CardMain = HTMLElement & { dataset: { path: string; etag: string; seen: string; kept?: string } };

interface OfflineCard {
  learn(path: string): Promise<void>;
  code(path: string): Promise<{ code: string; url: string; left: number; life: number } | null>;
  forget(): Promise<void>;
  qr(text: string): string | null;
}

interface CardElements {
  offline: HTMLElement | null;
  /** Null on a page without a code: the script asks once, before it uses any of the next five. */
  code: HTMLElement & { dataset: { left: string; life: string } };
  see: HTMLElement;
  typed: HTMLElement;
  left: HTMLElement;
  until: HTMLElement & { dataset: { text: string; again: string } };
  keep: (HTMLElement & { dataset: { done: string; link: string } }) | null;
  share: (HTMLElement & { dataset: { done: string; link: string } }) | null;
  hero: HTMLElement | null;
  rest: HTMLElement | null;
  next: HTMLElement | null;
  running: HTMLElement | null;
  vouchers: HTMLElement | null;
  tier: HTMLElement | null;
  rewards: HTMLElement | null;
  history: HTMLElement | null;
}

/** What the pages' selectors find. */
interface ParentNode {
  querySelector(selectors: "main.card"): CardMain | null;
  querySelector(selectors: "details.voucher[open]"): HTMLDetailsElement | null;
  querySelector(selectors: ".stamps[data-have]"): HTMLElement | null;
  querySelectorAll(
    selectors: ".voucher" | "details.voucher" | "details[open]",
  ): NodeListOf<HTMLDetailsElement>;
  querySelector(selectors: "button"): HTMLButtonElement | null;
  querySelectorAll(selectors: ".stamps .on"): NodeListOf<HTMLElement>;
  querySelectorAll(
    selectors: "form button",
  ): NodeListOf<HTMLButtonElement>;
}

interface Element {
  closest(selectors: "[data-key]"): HTMLElement | null;
}
