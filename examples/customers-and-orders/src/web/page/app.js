const $ = (id) => document.getElementById(id);
const MOST_EVENTS = 200;

const names = new Map();

// ---- money: whole cents, never a fraction of a number

function cents(text) {
  const parts = /^\s*(\d+)(?:[.,](\d{1,2}))?\s*$/.exec(text);
  return parts ? Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0")) : null;
}

function units(amount) {
  const digits = String(amount).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

// ---- elements

function element(tag, properties, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

function row(data, ...children) {
  const created = element("li", {}, ...children);
  Object.assign(created.dataset, data);
  return created;
}

const soft = (text, more = "") => element("span", { className: `soft ${more}`, textContent: text });
const short = (id) => `…${id.slice(-6)}`;

// ---- requests

class Problem extends Error {
  constructor(body) {
    super([body.title, body.detail].filter(Boolean).join(": "));
    this.errors = body.errors ?? [];
  }
}

async function request(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Problem(body);
  return body;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Posts what was entered. The same again has the same key, until it succeeded: so it is done once. */
function submits(form, path, read) {
  let last = { body: null, key: null };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showErrors(form, "", []);
    const entered = read(new FormData(form));
    if (entered.errors.length > 0) return showErrors(form, "", entered.errors);
    const body = JSON.stringify(entered.body);
    if (body !== last.body) last = { body, key: newKey() };
    const headers = { "Content-Type": "application/json", "Idempotency-Key": last.key };
    await during(form.querySelector("button"), async () => {
      try {
        await request(path, { method: "POST", headers, body });
        last = { body: null, key: null };
        // Who was chosen stays chosen.
        for (const input of form.querySelectorAll("input")) input.value = "";
        refresh();
      } catch (error) {
        showErrors(form, error.message, error.errors ?? []);
      }
    });
  });
}

async function during(button, work) {
  button.disabled = true;
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}

function showErrors(form, text, errors) {
  const problem = form.querySelector(".problem");
  problem.textContent = text;
  if (text) problem.dataset.testid = "problem";
  else delete problem.dataset.testid;
  for (const field of form.querySelectorAll(".field-error")) {
    field.textContent = errors.find(({ field: name }) => name === field.dataset.field)?.message ?? "";
  }
}

function amount(text, field, errors) {
  const entered = cents(text);
  if (entered === null) errors.push({ field, message: "An amount such as 25 or 25.50." });
  return entered;
}

// ---- customers and orders

function customerRow({ id, name, credit_limit, reserved }) {
  const available = element("meter", { className: "wide", max: credit_limit || 1, value: credit_limit - reserved });
  available.setAttribute("aria-label", `available credit of ${name}`);
  return row(
    { id },
    element("span", { className: "name", textContent: name }),
    element("span", { className: "number", textContent: units(credit_limit - reserved) }),
    soft(`of ${units(credit_limit)}`),
    soft(`${units(reserved)} reserved`, "number"),
    available,
  );
}

function orderRow({ id, customer_id, total, state, reason }) {
  const badge = element("span", { className: "badge", textContent: state });
  const line = row(
    { id, state },
    element("span", { className: "name", textContent: names.get(customer_id) ?? `customer ${short(customer_id)}` }),
    element("span", { className: "number", textContent: units(total) }),
    element("span", {}, badge, soft(reason ? ` ${reason.replaceAll("_", " ")}` : ` ${short(id)}`)),
  );
  if (state === "pending" || state === "approved") line.append(cancelButton(id));
  return line;
}

function cancelButton(id) {
  const button = element("button", { className: "cancel", textContent: "Cancel", type: "button" });
  button.dataset.testid = "cancel";
  const key = newKey();
  button.addEventListener("click", () => during(button, async () => {
    try {
      await request(`/orders/${id}/cancellation`, { method: "POST", headers: { "Idempotency-Key": key } });
      refresh();
    } catch (error) {
      showErrors($("order-form"), error.message, []);
    }
  }));
  return button;
}

/** Keeps what is chosen, and the element itself, so that a choice can be made while lists are refreshed. */
function showChoices(customers) {
  const select = $("order-form").elements.customer_id;
  const chosen = select.value;
  const known = Array.from(select.options, (option) => option.value).join();
  if (known === customers.map(({ id }) => id).join()) return;
  select.replaceChildren(...customers.map(({ id, name }) => new Option(name, id, false, id === chosen)));
}

async function refreshLists() {
  const [{ customers }, { orders }] = await Promise.all([request("/customers"), request("/orders")]);
  customers.forEach(({ id, name }) => names.set(id, name));
  $("customers").replaceChildren(...customers.map(customerRow));
  replaceKeepingFocus($("orders"), orders.map(orderRow));
  showChoices(customers);
}

function replaceKeepingFocus(list, rows) {
  const focused = document.activeElement?.closest("li[data-id]");
  const id = list.contains(focused) ? focused.dataset.id : null;
  list.replaceChildren(...rows);
  if (id) rows.find((line) => line.dataset.id === id)?.querySelector("button")?.focus();
}

// ---- subscribers

function subscriberRow(subscriber) {
  const { id, position, end, lag_seconds, members, waiting_events, parked_events, paused, last_error } = subscriber;
  const processes = members === 1 ? "1 process" : `${members} processes`;
  const lag = lag_seconds > 0 ? `${lag_seconds.toFixed(1)} s behind` : "up to date";
  const line = row(
    { id },
    element("span", { className: "name", textContent: id }),
    element("span", { className: "number", textContent: `${position} / ${end}` }),
    soft(processes),
    soft(paused ? "paused" : lag, "number"),
  );
  if (waiting_events > 0) {
    line.append(element("span", { className: "wide warning", textContent: `${waiting_events} events wait, ${parked_events} of them parked` }));
    if (last_error) line.append(element("span", { className: "wide warning", textContent: last_error }));
  }
  return line;
}

async function refreshSubscribers() {
  const { subscribers } = await request("/subscribers");
  $("subscribers").replaceChildren(...subscribers.map(subscriberRow));
}

// ---- events

function eventRow({ position, event_type, entity_type, entity_id, recorded_at, data }) {
  const fields = Object.entries(data).map(([name, value]) => `${name} ${readable(name, value)}`);
  return row(
    { type: event_type, position },
    element("span", { className: "name", textContent: event_type }),
    soft(`#${position}`, "number"),
    soft(`${entity_type} ${short(entity_id)}`),
    soft(new Date(recorded_at).toLocaleTimeString(), "number"),
    element("span", { className: "wide data soft", textContent: fields.join(", ") }),
  );
}

function readable(name, value) {
  if (typeof value === "number") return units(value);
  return name.endsWith("_id") ? (names.get(value) ?? short(value)) : value;
}

function follow() {
  const events = new EventSource("/events?last=50");
  const state = document.querySelector("[data-testid=stream-state]");
  events.addEventListener("open", () => { state.textContent = "live"; refresh(); });
  events.addEventListener("error", () => { state.textContent = "reconnecting"; });
  events.addEventListener("message", ({ data }) => {
    $("timeline").prepend(eventRow(JSON.parse(data)));
    while ($("timeline").children.length > MOST_EVENTS) $("timeline").lastChild.remove();
    refresh();
  });
}

// ---- refreshing: one at a time, and one more if something came meanwhile

let refreshing = false;
let again = false;

async function refresh() {
  again = true;
  if (refreshing) return;
  refreshing = true;
  while (again) {
    again = false;
    try {
      await Promise.all([refreshLists(), refreshSubscribers()]);
    } catch {
      // The service is away. The stream says so, and refreshes when it is back.
    }
  }
  refreshing = false;
}

submits($("customer-form"), "/customers", (entered) => {
  const errors = [];
  const name = entered.get("name").trim();
  if (!name) errors.push({ field: "name", message: "A name." });
  return { body: { name, credit_limit: amount(entered.get("credit_limit"), "credit_limit", errors) }, errors };
});

submits($("order-form"), "/orders", (entered) => {
  const errors = [];
  const customer_id = entered.get("customer_id");
  if (!customer_id) errors.push({ field: "customer_id", message: "Add a customer first." });
  return { body: { customer_id, total: amount(entered.get("total"), "total", errors) }, errors };
});

follow();
setInterval(refresh, 1000);
