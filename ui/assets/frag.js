/*
 * frag.js - pages that change in parts.  Everything works without it.
 *
 *   <a href data-frag="#list">         fetch the page, put its #list in the place of ours
 *   <form data-frag="#list,#errors">   the same with a form; data-push: change the address too
 *   <form data-live data-frag="...">   submitted 150 ms after the last key (search)
 *   <x data-say="...">                 in the answer: said in the live region
 *   <meta name="live" content="/url">  server-sent events, one connection for all tabs
 *
 * The server sees the header X-Frag and may answer with the parts alone.  X-Location in an
 * answer sends the whole page elsewhere.  Sent as "frag": a selector, a line break, markup.
 */
const LIVE_DELAY_MS = 150;
const DOUBLE_SUBMIT_MS = 5000;

/* Answers come from our own server, and what a parser makes does not run scripts. */
const policy = self.trustedTypes?.createPolicy('frag', { createHTML: text => text });
const parse = text =>
  new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html');
const find = (selector, root = document) => root.querySelector(selector);

export function say(words) {
  const live = find('#live');
  if (live) live.textContent = words;
}

/* Where the cursor was, so that a field that is replaced under a typing hand keeps it. */
function cursor() {
  const at = document.activeElement;
  let caret = null;
  try { caret = at?.selectionStart ?? null; } catch { /* not a text field */ }
  return { id: at?.id, value: at?.value, caret };
}

function restore(was, part) {
  const wrong = find('#errors, [aria-invalid=true]', part);
  if (wrong) return wrong.focus();
  const field = was.id && part.querySelector('#' + CSS.escape(was.id));
  if (!field) return;
  field.focus();
  if (was.value !== undefined) field.value = was.value;
  if (was.caret !== null) field.setSelectionRange(was.caret, was.caret);
}

/* Put the parts of the answer in place; false when it has none of them. */
export function swap(selectors, markup) {
  const answer = parse(markup);
  let any = false;
  for (const selector of selectors.split(',')) {
    const old = find(selector), part = find(selector, answer);
    /* Never under a hand that drags: the drop asks the server anyway. */
    if (!old || !part || find('.moving', old)) continue;
    any = true;
    const was = old.contains(document.activeElement) ? cursor() : {};
    old.replaceWith(document.adoptNode(part));
    restore(was, part);
    part.dispatchEvent(new CustomEvent('frag:swapped', { bubbles: true }));
  }
  const words = find('[data-say]', answer)?.dataset.say;
  if (words) say(words);
  return any;
}

const place = () => location.pathname + location.search;
let shown = place();

async function load(url, options, element) {
  const selectors = element.dataset.frag;
  const target = find(selectors.split(',')[0]);
  target?.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, { ...options, headers: { 'X-Frag': selectors } });
    const elsewhere = answer.headers.get('X-Location');
    if (elsewhere) return location.assign(elsewhere);
    const isPage = answer.headers.get('Content-Type')?.startsWith('text/html');
    if (!isPage || !swap(selectors, await answer.text())) return location.assign(answer.url);
    if ('push' in element.dataset && answer.ok) {
      history.pushState({}, '', answer.url);
      shown = place();
    }
  } catch {
    say(find('#live')?.dataset.offline);
  } finally {
    find(selectors.split(',')[0])?.removeAttribute('aria-busy');
  }
}

function onClick(event) {
  const link = event.target.closest('a[data-frag]');
  const wantsTab = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || wantsTab || event.defaultPrevented) return;
  event.preventDefault();
  load(link.href, {}, link);
}

async function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  /* Twice the same button is once the same act, with or without a frag. */
  if (form.dataset.busy && form.method === 'post') return event.preventDefault();
  form.dataset.busy = '1';
  if (!form.dataset.frag) {
    /* A download leaves the page where it is: the form must work again. */
    setTimeout(() => delete form.dataset.busy, DOUBLE_SUBMIT_MS);
    return;
  }
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const url = new URL(event.submitter?.getAttribute('formaction') || form.action, location);
  const isFile = form.enctype === 'multipart/form-data';
  if (form.method === 'get') url.search = new URLSearchParams(data);
  await load(url, form.method === 'get' ? {}
    : { method: 'POST', body: isFile ? data : new URLSearchParams(data) }, form);
  delete form.dataset.busy;
}

let timer;
function onInput(event) {
  const form = event.target.closest('form[data-live]');
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), LIVE_DELAY_MS);
}

/* The tab that holds the lock listens to the server and tells the others. */
function listen(url) {
  const channel = new BroadcastChannel('live');
  const apply = ({ selector, markup }) => swap(selector, markup);
  const lead = () => new Promise(() => {
    const source = new EventSource(url);
    const show = on => find('.live')?.classList.toggle('off', !on);
    source.onopen = () => show(true);
    source.onerror = () => show(false);
    source.addEventListener('frag', event => {
      const cut = event.data.indexOf('\n');
      const message = { selector: event.data.slice(0, cut), markup: event.data.slice(cut + 1) };
      channel.postMessage(message);
      apply(message);
    });
  });
  channel.onmessage = event => apply(event.data);
  if (navigator.locks) navigator.locks.request('live', lead);
  else lead();
}

addEventListener('click', onClick);
addEventListener('submit', onSubmit);
addEventListener('input', onInput);
/* A step to a fragment, as from an error to its field, is told as popstate too: that page is here. */
addEventListener('popstate', () => {
  if (place() !== shown) location.reload();
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.busy;
});
addEventListener('offline', () => say(find('#live')?.dataset.offline));
/* '/' leads to the patient search from anywhere; Escape leads back (ux-2). */
let came;
addEventListener('keydown', event => {
  const search = find('#find');
  const typing = event.target.closest('input, select, textarea, [contenteditable]');
  if (!search || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing && document.body.dataset.keys !== 'off') {
    came = document.activeElement;
    event.preventDefault();
    search.focus();
  } else if (event.key === 'Escape' && event.target === search) {
    (came ?? find('main')).focus();
  }
});
/* Ctrl+K leads anywhere, by name; its dialog is fetched when it is first asked for (ux-13). */
addEventListener('keydown', async event => {
  if (event.key !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !find('#find')) return;
  event.preventDefault();
  const { open } = await import("asset(palette.js)");
  open(swap);
});
const live = find('meta[name=live]')?.content;
if (live) listen(live);
