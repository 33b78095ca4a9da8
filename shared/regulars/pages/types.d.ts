// Types for checking the scripts of the pages; browsers never load this file.
// Ids are those of card.html and screen.html; `Setup` is what counter/screen/texts.py writes, the
// other shapes are answers of the API, as far as the scripts read them.

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
  offline: (HTMLElement & { dataset: { text: string } }) | null;
  asof: HTMLElement;
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
    selectors: "form button" | "#due button, #gifts button",
  ): NodeListOf<HTMLButtonElement>;
}

interface Element {
  closest(selectors: "[data-key]"): HTMLElement | null;
}

interface CounterElements {
  counter: HTMLElement & { dataset: { jsqr: string } };
  dot: HTMLElement;
  say: HTMLElement;
  today: HTMLElement | null;
  camera: HTMLElement;
  video: HTMLVideoElement;
  hint: HTMLElement;
  start: HTMLButtonElement;
  find: HTMLFormElement;
  q: HTMLInputElement;
  matches: HTMLElement;
  member: HTMLElement;
  who: HTMLElement;
  progress: HTMLElement;
  meta: HTMLElement;
  due: HTMLElement;
  gifts: HTMLDetailsElement | null;
  confirm: HTMLElement;
  what: HTMLElement;
  whose: HTMLElement;
  redeem: HTMLButtonElement;
  leave: HTMLButtonElement;
  actions: HTMLElement;
  plus: HTMLButtonElement | null;
  amount: HTMLButtonElement | null;
  after: HTMLElement;
  next: HTMLButtonElement;
  again: HTMLButtonElement;
  keypad: HTMLElement;
  sum: HTMLElement;
  cancel: HTMLButtonElement;
  book: HTMLButtonElement;
  strip: HTMLElement;
  last: HTMLElement;
  undo: HTMLButtonElement;
}

type CounterById = ById<CounterElements>;

/** A text in one language, or by language. */
type Localized = string | Record<string, string>;

/** Plural forms by category of CLDR. */
type Forms = Record<string, string>;

interface Setup {
  lang: string;
  currency: string;
  exponent: number;
  whole: boolean;
  zero: string;
  decimal: string;
  group: string;
  zone: string;
  units: Record<string, Forms>;
  rewards: Record<string, string>;
  tiers: Record<string, string>;
  /** Surprise id, its name, the reward. */
  gifts: [string, string, string][];
  /** Stamps booked on this device today. */
  today: number;
  /** The unit a visit earns; empty when visits earn nothing. */
  stamp: string;
  words: Record<Exclude<CounterText, "days" | "visits">, string> & Record<"days" | "visits", Forms>;
  problems: Record<string, string>;
}

type CounterText =
  | "guest" | "today" | "yesterday" | "days" | "visits" | "last" | "first" | "redeem" | "due"
  | "given" | "of" | "unlocked" | "surprised" | "tier" | "nothing" | "undone" | "sending" | "again"
  | "offline" | "unsure" | "lost" | "searching" | "none" | "camera" | "blocked" | "seconds"
  | "minutes" | "reward" | "stamped" | "add" | "bill" | "off" | "unseen";

interface TierShown {
  id?: string;
  name?: Localized;
}

interface VoucherShown {
  code: string;
  reward_id: string;
  name: Localized;
  status?: string;
  /** What it is for and on which conditions, by language. */
  says?: Localized;
  /** For a credit: how much is left. */
  left_minor?: number | null;
  on?: Localized;
}

interface MemberShown {
  member_id: string;
  name: string | null;
  note?: string | null;
  visits: number;
  last_visit_at: string | null;
  tier: TierShown | null;
  vouchers?: VoucherShown[];
  next: { have: number; need: number; reward: string } | null;
}

interface LineShown {
  unit: string;
  amount: number;
}

/** Any answer of the service to the counter: what an accrual, a search or a refusal has. */
interface CounterAnswer {
  entry?: { seq: number; lines: LineShown[] };
  card?: MemberShown;
  unlocked?: VoucherShown[];
  tier_change?: { to: string | null } | null;
  member?: MemberShown;
  members?: MemberShown[];
  items?: MemberShown[];
  voucher?: VoucherShown;
  /** The proof that the guest's card was read. */
  seen?: string;
  member_id?: string;
  code?: string;
  detail?: string;
  /** What of a credit was used. */
  uses?: { amount_minor: number }[];
}

/** What a booking is about, in words for the counter. */
interface About {
  what?: string;
  name?: string;
  member?: string;
  /** What an undo takes back. */
  stamps?: number;
}

type BookingKind = "earn" | "redeem" | "gift" | "undo";

/** A booking under way; kept in the browser with its key until the service has answered. */
interface Booking {
  kind: BookingKind;
  path: string;
  body: Record<string, unknown> & { member_id?: string };
  about: About;
  key: string;
}

/** The newest booking, as long as it can be undone. */
interface LastBooking {
  id: string;
  seq: number;
  what: string;
  stamps: number;
  name?: string;
  at: number;
}

interface CounterScreen {
  lost(isLost: boolean): void;
  tell(key: Exclude<CounterText, "days" | "visits">, kind: string): void;
  setBusy(isBusy: boolean): void;
  answered(work: Booking, answer: Response, body: CounterAnswer | null): void;
}

interface ScannedScreen {
  /** Whether reading pauses. */
  waiting(): boolean;
  /** Whether a card is on the screen. */
  shown(): boolean;
  read(text: string): Promise<void>;
  failed(error: unknown): void;
}

/** Not in TypeScript's own library: Chromium only. */
declare class BarcodeDetector {
  constructor(options: { formats: string[] });
  static getSupportedFormats(): Promise<string[]>;
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare function jsQR(
  data: Uint8ClampedArray,
  width: number,
  height: number,
  options: { inversionAttempts: string },
): { data: string } | null;
