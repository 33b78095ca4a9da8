// Types for checking the scripts of the counter; browsers never load this file. Ids are those of
// screen.html, `Setup` is what texts.py writes, the other shapes are answers of the API.

interface ParentNode {
  querySelectorAll(selectors: "#due button" | "[data-close]"): NodeListOf<HTMLButtonElement>;
}

interface Element {
  closest(selectors: "[data-key]"): HTMLElement | null;
}

interface CounterElements {
  counter: HTMLElement & { dataset: { jsqr: string; script: string } };
  person: HTMLButtonElement;
  personName: HTMLElement;
  dot: HTMLElement;
  today: HTMLElement;
  kept: HTMLButtonElement;
  keptTitle: HTMLElement;
  keptText: HTMLElement;
  camera: HTMLElement;
  video: HTMLVideoElement;
  hint: HTMLElement;
  start: HTMLButtonElement;
  next: HTMLButtonElement;
  find: HTMLFormElement;
  q: HTMLInputElement;
  matches: HTMLElement;
  joinHere: HTMLButtonElement;
  showCode: HTMLButtonElement;
  coding: HTMLDialogElement;
  codeText: HTMLElement;
  codeImage: HTMLImageElement;
  recent: HTMLElement;
  lately: HTMLElement;
  say: HTMLElement;
  member: HTMLElement;
  who: HTMLElement;
  progress: HTMLElement;
  meta: HTMLElement;
  off: HTMLElement;
  usual: HTMLElement;
  note: HTMLButtonElement;
  noted: HTMLElement;
  due: HTMLElement;
  confirm: HTMLElement;
  what: HTMLElement;
  whose: HTMLElement;
  redeem: HTMLButtonElement;
  leave: HTMLButtonElement;
  offers: HTMLElement;
  offersTitle: HTMLElement;
  offerList: HTMLElement;
  paid: HTMLButtonElement;
  notNow: HTMLButtonElement;
  sale: HTMLElement;
  alsoCounted: HTMLElement;
  keys: HTMLElement;
  book: HTMLButtonElement;
  more: HTMLElement;
  sell: HTMLButtonElement;
  confirmPhone: HTMLButtonElement;
  pad: HTMLElement;
  padWho: HTMLElement;
  sum: HTMLElement;
  padHint: HTMLElement;
  cancel: HTMLButtonElement;
  enter: HTMLButtonElement;
  done: HTMLElement;
  doneWho: HTMLElement;
  doneCount: HTMLElement;
  doneWhat: HTMLElement;
  doneNews: HTMLElement;
  time: HTMLElement;
  unlocked: HTMLButtonElement;
  nextGuest: HTMLButtonElement;
  again: HTMLButtonElement;
  undoDone: HTMLButtonElement;
  refused: HTMLElement;
  refusedWhy: HTMLElement;
  refusedMore: HTMLElement;
  mayOverride: HTMLElement;
  override: HTMLButtonElement;
  nextRefused: HTMLButtonElement;
  strip: HTMLElement;
  last: HTMLElement;
  undo: HTMLButtonElement;
  sound: HTMLInputElement;
  vibration: HTMLInputElement;
  sign: HTMLDialogElement;
  signForm: HTMLFormElement;
  signTitle: HTMLElement;
  signText: HTMLElement;
  people: HTMLElement;
  pinLine: HTMLElement;
  pin: HTMLInputElement;
  signProblem: HTMLElement;
  signIn: HTMLButtonElement;
  signLater: HTMLButtonElement;
  joining: HTMLDialogElement;
  list: HTMLDialogElement;
  waiting: HTMLElement;
  foreign: HTMLElement;
  noting: HTMLDialogElement;
  noteForm: HTMLFormElement;
  noteText: HTMLTextAreaElement;
  giving: HTMLDialogElement;
  gifts: HTMLElement;
  confirming: HTMLDialogElement;
  confirmForm: HTMLFormElement;
  confirmText: HTMLElement;
  confirmCode: HTMLInputElement;
  confirmProblem: HTMLElement;
}

type CounterById = ById<CounterElements>;

/** A text in one language, or by language. */
type Localized = string | Record<string, string>;

/** Plural forms by category of CLDR. */
type Forms = Record<string, string>;

/** What may be tapped for a guest. Goods are counted, or `single`: about their amount. */
interface KeyShown {
  id: string;
  kind: "visit" | "goods" | "amount";
  name: string;
  hint: string;
  category?: string;
  sku?: string;
  single?: boolean;
}

interface Colleague {
  staff_id: string;
  name: string;
  needs_pin: boolean;
  is_manager: boolean;
  may_sign_in: boolean;
}

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
  /** Action, its name, what it gives. */
  actions: [string, string, string][];
  /** What this person booked today: stamps, or visits where there are none. */
  today: number;
  /** The unit that is counted today; null for visits. */
  stamp: string;
  shop: string;
  device: string;
  staff: string;
  role: string;
  now: string;
  people: Colleague[];
  keys: KeyShown[];
  categories: Record<string, string>;
  discounts: Record<string, string[]>;
  perks: Record<string, string[]>;
  words: Record<Exclude<CounterText, CounterCount>, string> & Record<CounterCount, Forms>;
  problems: Record<string, string>;
}

type CounterText =
  | "guest" | "today" | "yesterday" | "days" | "visits" | "last" | "first" | "usual" | "addNote"
  | "until" | "code" | "later" | "phone" | "searching" | "none" | "camera" | "blocked" | "of"
  | "unseen" | "sellTo" | "paidMoney" | "paid" | "lasts" | "runs" | "askMail" | "askPhone"
  | "scanCode" | "codeUsed" | "codeOver" | "noCode" | "confirmed" | "redeem" | "take" | "add" | "less" | "book" | "typeAmount" | "changeAmount"
  | "bill" | "off" | "given" | "redeemNow" | "nextTime" | "nextGuest" | "unlocked" | "surprised"
  | "tier" | "nothing" | "undone" | "seconds" | "minutes" | "reward" | "membership" | "stamped"
  | "visitsToday" | "lastBy" | "sending" | "kept" | "keptNote" | "lost" | "lostCode" | "offlineSince" | "goOn"
  | "waiting" | "refusedSome" | "see" | "waits" | "refusedWhy" | "okay" | "showCard" | "takeBack"
  | "nothingWaits" | "foreign" | "signFor" | "signAgain" | "signText" | "noneSignsIn" | "noManager" | "who" | "whoText"
  | "manager" | "managerText" | "wrongPin" | "manyPins" | "otherPin" | "onlyOnline";

type CounterCount = "days" | "visits" | "visitsToday" | "waiting" | "refusedSome" | "foreign";

interface TierShown {
  id?: string;
  name?: Localized;
}

interface VoucherShown {
  code: string;
  reward_id: string;
  name: Localized;
  status?: string;
  expires_at?: string | null;
  /** The last day, by language. */
  ends?: Localized;
  /** What it is for and on which conditions, by language. */
  says?: Localized;
  /** For a credit: how much is left. */
  left_minor?: number | null;
  on?: Localized;
}

interface MembershipShown {
  tier: string;
  price_minor: number | null;
  until: Localized;
  runs_until: Localized | null;
}

interface MemberShown {
  member_id: string;
  /** What was typed without a connection and may be a code; nothing else is known then. */
  code?: string;
  version?: number;
  name: string | null;
  note?: string | null;
  visits: number;
  last_visit_at: string | null;
  phone_end?: string | null;
  tier: TierShown | null;
  vouchers?: VoucherShown[];
  next: { have: number; need: number; reward: string; promise?: Localized } | null;
  /** Rewards that the guest has enough for. */
  take?: { reward_id: string; unit: string; cost: number }[];
  memberships?: MembershipShown[];
  /** Contacts that nobody has confirmed: "email", "phone". */
  claims?: string[];
  /** The category that is bought most. */
  usual?: string | null;
  last?: { at: string; staff: string | null } | null;
}

interface LineShown {
  unit: string;
  amount: number;
}

/** Who is on the screen; without a card only the code that was read while the line was down. */
interface GuestShown {
  id: string;
  code: string;
  card: MemberShown | null;
  /** The proof that the guest's card was read. */
  proof: string;
  /** Whether the visit was booked while the guest is on the screen. */
  counted: boolean;
}

/** What was tapped: how many of each key, and amounts. */
interface SaleShown {
  counts: Record<string, number>;
  minors: Record<string, number>;
}

interface ResultShown {
  kind: "booked" | "kept" | "refused" | "open";
  what: string;
  news?: string;
  unlocked?: VoucherShown[];
  /** Whether it says nothing about how far the card is. */
  plain?: boolean;
  /** Whether something was taken back. */
  back?: boolean;
  mayOverride?: boolean;
}

interface ScreenState {
  phase: "idle" | "finding" | "guest" | "booking" | "done";
  /** The number of the newest question for a guest. */
  asked: number;
  list: MemberShown[] | null;
  guest: GuestShown | null;
  sale: SaleShown;
  /** The number of the booking whose answer the screen waits for; 0 for none. */
  work: number;
  result: ResultShown | null;
  said: string | null;
}

type ScreenEvent =
  | { type: "ask"; question: number }
  | { type: "listed"; question: number; members: MemberShown[] }
  | { type: "missed"; question: number; said: string }
  | { type: "found"; question: number; guest: GuestShown }
  | { type: "fresh"; member: MemberShown }
  | { type: "tap" | "less"; key: string }
  | { type: "money"; key: string; minor: number }
  | { type: "book"; guest: string; work: number }
  | { type: "answered"; work: number; visits: number; result: ResultShown }
  | { type: "again"; counted: boolean }
  | { type: "next" };

type BookingKind = "earn" | "redeem" | "take" | "gift" | "action" | "tier" | "undo";

/** What a booking is about, in words for the counter. */
interface About {
  what?: string;
  name?: string;
  id?: string;
  voucher?: string;
  /** What an undo takes back. */
  stamps?: number;
}

interface BookingAsked {
  kind: BookingKind;
  path: string;
  body: Record<string, unknown>;
  about: About;
  /** Whether it may go with others, signed by the device. */
  signable: boolean;
}

/** A booking as it lies in the browser until it is answered. */
interface BookingKept extends BookingAsked {
  shop: string;
  device: string;
  n: number;
  at: number;
  state: "waits" | "refused";
  tries: number;
  problem?: { code?: string; detail?: string; status?: number };
}

interface DeviceKept {
  key?: CryptoKey;
  last: number;
  at: number;
  /** How far the service's clock is ahead of the browser's, in ms. */
  ahead?: number;
}

interface Kept {
  device(): Promise<DeviceKept | undefined>;
  learn(key: CryptoKey, now: number): Promise<void>;
  add(booking: BookingAsked): Promise<BookingKept>;
  change(booking: BookingKept): Promise<void>;
  remove(n: number): Promise<void>;
  own(): Promise<BookingKept[]>;
  foreign(): Promise<number>;
}

interface Answer {
  status: number;
  ok: boolean;
  body: any;
  /** Seconds after which to come again; 0 when nothing is said. */
  wait: number;
}

interface PostRoom {
  /** Returns whether the answer was seen by whoever is at the counter. */
  answered(booking: BookingKept, answer: Answer): boolean;
  waits(booking: BookingKept, answer: Answer | null): void;
  signedOut(booking: BookingKept): void;
  counted(waiting: number, going: boolean): void;
}

interface PostOffice {
  ask(path: string, options: RequestInit, isOurs: (body: any) => unknown): Promise<Answer | null>;
  post(path: string, body: unknown, isOurs: (body: any) => unknown, key?: string): Promise<Answer | null>;
  flush(): Promise<void>;
  learn(): Promise<void>;
  isDown(): boolean;
  signedIn(): void;
}

/** What was booked lately; the newest can be taken back for some minutes. */
interface LastBooking {
  id: string;
  seq?: number;
  voucher?: string;
  what: string;
  name?: string;
  at: number;
  stamps: number;
  /** Whether it cannot be taken back. */
  undone: boolean;
}

type Wording = ReturnType<typeof wording>;

interface GuestScreen {
  redeem(item: VoucherShown): void;
  take(reward: string, name: string): void;
}

interface KeysScreen {
  tap(key: KeyShown): void;
  less(key: KeyShown): void;
}

interface ResultScreen {
  nameOf(guest: GuestShown): string;
  progressOf(guest: GuestShown): string;
  next(): void;
  redeem(item: VoucherShown): void;
}

interface PanelScreen {
  kept: Kept;
  post: PostOffice;
  state(): ScreenState;
  person(): string;
  lostSince(): number;
  nameOf(guest: GuestShown): string;
  tell(text: string, kind?: string): void;
  book(kind: BookingKind, path: string, body: Record<string, unknown>, about?: About): Promise<void>;
  open(panel: "sale" | "confirm" | "pad" | "offers"): void;
  problem(answer: Answer): string;
  refresh(id?: string): void;
  find(id: string): void;
  signedIn(staff: { staff_id: string; name: string; role: string }): void;
  override(): void;
  isManager(): boolean;
}

interface FinderScreen {
  kept: Kept;
  post: PostOffice;
  state(): ScreenState;
  dispatch(event: ScreenEvent): void;
  tell(text: string, kind?: string): void;
  lost(is: boolean): void;
  problem(answer: Answer): string;
  signedOut(): void;
  voucher(item: VoucherShown): void;
}

interface WedgeScreen {
  /** The field in which typing is read as typing. */
  field: HTMLElement;
  /** What was typed, by letters and by places of keys. */
  scanned(readings: string[]): void;
  typed(key: string): void;
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
