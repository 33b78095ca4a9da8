// The story of one member, told with nothing but fetch and the generated types.
import type { components, paths } from "./api";

declare const process: { env: Record<string, string | undefined>; exit(code: number): never };

type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Method> = Exclude<paths[P][M], undefined>;
type JsonOf<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Answers<O> = O extends { responses: infer R } ? R : never;
type Good<O> = {
  [S in keyof Answers<O>]: S extends 200 | 201 | 202 ? JsonOf<Answers<O>[S]> : never;
}[keyof Answers<O>];
type Sent<O> = O extends { requestBody?: infer B } ? JsonOf<Exclude<B, undefined>> : undefined;

const { BASE_URL = "", API_KEY = "" } = process.env;
let calls = 0;

async function call<P extends keyof paths & string, M extends Method & keyof paths[P]>(
  method: M,
  path: P,
  status: number,
  body?: Sent<Operation<P, M>>,
  named: Record<string, string> = {},
): Promise<Good<Operation<P, M>>> {
  const filled = path.replace(/{(\w+)}/g, (_, name: string) => encodeURIComponent(named[name]));
  calls += 1;
  const answer = await fetch(BASE_URL + filled, {
    method: method.toUpperCase(),
    headers: {
      Authorization: `Bearer ${API_KEY}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "post" ? { "Idempotency-Key": `call-${calls}` } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const read = await answer.json();
  if (answer.status !== status) {
    const problem = read as components["schemas"]["Problem"];
    throw new Error(`${method} ${path}: ${answer.status} ${problem.code}: ${problem.detail}`);
  }
  return read;
}

function hold(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what} is ${found}, not ${wanted}`);
}

const card = await call("post", "/v1/members", 201, { name: "Anna", email: "anna@example.com" });
const member_id = card.member_id;
for (let visit = 0; visit < 10; visit++) {
  await call("post", "/v1/earn", 200, { member_id, spend_minor: 840, order_id: `bill-${visit}` });
}
const rewards = await call("get", "/v1/members/{id}/rewards", 200, undefined, { id: member_id });
const coffee = rewards.items.find((reward) => reward.affordable);
hold("what can be had", coffee?.reward_id, "coffee");
const voucher = await call("post", "/v1/vouchers", 201, { member_id, reward_id: "coffee" });
const named = { code: voucher.code };
const redeemed = await call("post", "/v1/vouchers/{code}/redeem", 200, {}, named);
hold("the voucher", redeemed.status, "redeemed");
const back = { order_id: "bill-9", refund_id: "back-1" };
const refunded = await call("post", "/v1/refunds", 200, back);
if (!("card" in refunded)) throw new Error("the refund was parked");
hold("what is left", refunded.card.balances.stamp.available, 0);
console.log("done");

// Not run: the types know what may not be sent.
export async function wrong(): Promise<void> {
  // @ts-expect-error a number of visits is no text
  await call("post", "/v1/earn", 200, { member_id, visits: "two" });
  // @ts-expect-error nothing of this name is there
  await call("get", "/v1/nothing", 200);
}
