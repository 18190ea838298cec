/*
 * agenda.js - the agenda under the hand: walk, drag, draw, shortcuts.  The server has
 * drawn the grid and every item is a link; without this script all of it works by pages.
 *
 * A drop is posted to the address of the form that moves; the server alone decides, and
 * the grid is drawn again from its answer.  What it refuses goes back with the reason.
 */
import { say, swap } from "asset(frag.js)";

const ROW_MINUTES = 5;
const DRAG_THRESHOLD_PX = 6;
const LONG_PRESS_MS = 400;
const UNDO_MS = 10000;
const LIVE_SEARCH_MS = 150;
const LIVE_MS = 1500;
const LOST_AFTER = 2;	/* looks that failed */
const EDGE_PX = 7;
const KEYS_OFF = 'keys-off';
const CUT = 'cut';

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const french = document.documentElement.lang !== 'en';
const t = (fr, en) => (french ? fr : en);
const wide = matchMedia('(min-width: 75rem)');

/* ---- the grid: rows and columns are classes ---- */

const grid = () => find('#grid.ag');
const columns = () => all('.col', grid());
const number = (element, letters) => {
  const name = [...element.classList].find(c => new RegExp(`^${letters}\\d+$`).test(c));
  return name ? Number(name.slice(letters.length)) : 0;
};
const place = item => ({ row: number(item, 's'), length: number(item, 'd'), column: item.parentElement });
const firstRow = () => number(grid(), 'from') * 12;
const lastRow = () => number(grid(), 'to') * 12;
const isGrid = () => grid() && getComputedStyle(grid()).display === 'grid';

function put(item, row, column) {
  const length = number(item, 'd');
  const fits = Math.max(firstRow(), Math.min(lastRow() - length, row));
  item.classList.replace(`s${number(item, 's')}`, `s${fits}`);
  if (column && column !== item.parentElement) column.append(item);
}

/* Its lower edge elsewhere; never shorter than a row, never out of the grid. */
function stretch(item, length) {
  const fits = Math.max(1, Math.min(lastRow() - number(item, 's'), length));
  item.classList.replace(`d${number(item, 'd')}`, `d${fits}`);
}

function putBack(item, from) {
  stretch(item, from.length);
  put(item, from.row, from.column);
}

const clock = row => {
  const hour = Math.floor(row / 12), minute = String((row % 12) * ROW_MINUTES).padStart(2, '0');
  if (!french) return `${String(hour).padStart(2, '0')}:${minute}`;
  return minute === '00' ? `${hour} h` : `${hour} h ${minute}`;
};
const moment = (row, column) => {
  const two = n => String(n).padStart(2, '0');
  return `${column.dataset.date}T${two(Math.floor(row / 12))}:${two((row % 12) * ROW_MINUTES)}`;
};
const where = ({ row, column }) => `${clock(row)}, ${column.getAttribute('aria-label')}`;
const span = ({ row, length }) => `${clock(row)} – ${clock(row + length)}, ${length * ROW_MINUTES} min`;

function rowAt(column, y) {
  const box = column.getBoundingClientRect();
  const height = box.height / (lastRow() - firstRow());
  return firstRow() + Math.floor((y - box.top) / height);
}
const columnAt = x => columns().find(column => {
  const box = column.getBoundingClientRect();
  return x >= box.left && x < box.right;
});

/* ---- speaking with the server ---- */

const token = () => find('input[name=csrf]')?.value ?? '';

async function post(url, fields) {
  const answer = await fetch(url, {
    method: 'POST', headers: { 'X-Frag': 'json' }, body: new URLSearchParams({ csrf: token(), ...fields }),
  });
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
  if (!isJson) throw new Error(`status ${answer.status}`);
  return { ok: answer.ok, ...await answer.json() };
}

/* The page as it is now, its grid put in the place of ours; the focus stays on its item. */
async function refresh() {
  if (!find('#grid') || find('.moving')) return;
  const held = document.activeElement?.closest('.ag a')?.getAttribute('href');
  const at = { top: grid()?.scrollTop, left: grid()?.scrollLeft };
  try {
    const answer = await fetch(location.href, { headers: { 'X-Frag': '#grid' } });
    if (!answer.ok || !swap('#grid', await answer.text())) return;
  } catch { return; }
  grid()?.scrollTo(at);
  if (held) all('a', grid()).find(a => a.getAttribute('href') === held)?.focus({ preventScroll: true });
}

let undoTimer;
function offerUndo(id, undo, words) {
  const box = find('#undo');
  clearTimeout(undoTimer);
  box.replaceChildren();
  if (!undo) return;
  const form = document.createElement('form');
  const label = document.createElement('span');
  const button = document.createElement('button');
  label.textContent = words;
  button.className = 'btn small';
  button.textContent = t('Annuler', 'Undo');
  form.className = 'tray';
  form.append(label, button);
  form.addEventListener('submit', event => {
    event.preventDefault();
    takeBack(id, undo);
  });
  box.append(form);
  undoTimer = setTimeout(() => box.replaceChildren(), UNDO_MS);
}

async function takeBack(id, undo) {
  clearTimeout(undoTimer);
  find('#undo').replaceChildren();
  try {
    const answer = await post(`/agenda/rdv/${id}/annuler-le-changement`, { jeton: undo });
    say(answer.message);
  } catch {
    say(t('Réseau indisponible, rien n’a été changé.', 'Network unavailable, nothing was changed.'));
  }
  refresh();
}

/* ---- moving ---- */

const idOf = item => find('a', item).getAttribute('href').split('/').pop();
const movable = item => item?.matches('.ev[data-v]');

async function drop(item, from) {
  const to = place(item);
  item.classList.remove('moving');
  if (to.row === from.row && to.column === from.column && to.length === from.length) return;
  /* What is not touched is not said: an end after midnight is none of the grid's business. */
  const length = to.length === from.length ? {} : { minutes: to.length * ROW_MINUTES };
  item.setAttribute('aria-busy', 'true');
  try {
    const answer = await post(`/agenda/rdv/${idOf(item)}/deplacer`, {
      debut: moment(to.row, to.column), praticien: to.column.dataset.r, version: item.dataset.v, prevenir: '1', ...length,
    });
    if (!answer.ok) {
      putBack(item, from);
      flash(answer.message);
    } else {
      offerUndo(idOf(item), answer.undo, answer.message);
    }
    say(answer.message);
  } catch {
    putBack(item, from);
    const words = t('Réseau indisponible : le rendez-vous est resté à sa place.',
      'Network unavailable: the appointment stayed where it was.');
    flash(words);
    say(words);
  }
  item.removeAttribute('aria-busy');
  await refresh();
}

/* A refusal is seen as well as heard. */
function flash(words) {
  const box = find('#undo'), tray = document.createElement('p');
  tray.className = 'tray alert';
  tray.textContent = words;
  clearTimeout(undoTimer);
  box.replaceChildren(tray);
  undoTimer = setTimeout(() => box.replaceChildren(), UNDO_MS);
}

/* ---- the pointer: drag an appointment, or draw a new one on empty space ---- */

let drag = null;

function atEdge(item, y) {
  const box = item.getBoundingClientRect();
  return y > box.bottom - Math.min(EDGE_PX, box.height / 3);
}

function begin(event) {
  if (event.button || !isGrid() || keyboardMove) return;
  const item = event.target.closest('.ev, .free'), column = event.target.closest('.col');
  if (!column) return;
  const common = { id: event.pointerId, x: event.clientX, y: event.clientY, on: false };
  if (movable(item)) {
    drag = { ...common, item, from: place(item), touch: event.pointerType === 'touch', edge: atEdge(item, event.clientY),
      grip: rowAt(column, event.clientY) - place(item).row };
    /* A finger that moves at once scrolls; one that rests takes the appointment. */
    if (drag.touch) drag.timer = setTimeout(() => drag && take(drag), LONG_PRESS_MS);
  } else if (!item?.matches('.ev') && event.pointerType !== 'touch') {
    drag = { ...common, column, start: rowAt(column, event.clientY) };
  }
}

function take(state) {
  state.on = true;
  grid().setPointerCapture(state.id);
  state.item?.classList.add('moving');
}

function draw(state, y) {
  const end = Math.max(rowAt(state.column, y), state.start) + 1;
  if (!state.shape) {
    state.shape = document.createElement('li');
    const label = document.createElement('a');
    state.shape.append(label);
    state.column.append(state.shape);
  }
  state.length = end - state.start;
  state.shape.className = `free drawn s${state.start} d${state.length}`;
  state.shape.firstChild.textContent = `${clock(state.start)} – ${clock(end)}`;
}

function move(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > DRAG_THRESHOLD_PX;
  if (!drag.on && drag.touch && far) return end(event);
  if (!drag.on && !far) return;
  if (!drag.on) take(drag);
  if (drag.edge) {
    stretch(drag.item, rowAt(drag.from.column, event.clientY) + 1 - drag.from.row);
  } else if (drag.item) {
    put(drag.item, rowAt(drag.from.column, event.clientY) - drag.grip, columnAt(event.clientX));
  } else {
    draw(drag, event.clientY);
  }
  autoScroll(event.clientY);
}

/* Near the edge of the grid, the grid goes on. */
function autoScroll(y) {
  const box = grid().getBoundingClientRect(), edge = 40;
  if (y > box.bottom - edge) grid().scrollBy(0, 12);
  else if (y < box.top + 2 * edge) grid().scrollBy(0, -12);
}

function end(event) {
  if (!drag) return;
  const done = drag;
  drag = null;
  clearTimeout(done.timer);
  if (!done.on) return;
  /* The click that follows a drag is no click. */
  const swallow = click => click.preventDefault();
  grid().addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => grid()?.removeEventListener('click', swallow, true), 0);
  const cancelled = event.type === 'pointercancel';
  if (done.item && cancelled) {
    putBack(done.item, done.from);
    done.item.classList.remove('moving');
  } else if (done.item) {
    drop(done.item, done.from);
  } else {
    done.shape?.remove();
    if (!cancelled && done.length) create(done.column, done.start, done.length * ROW_MINUTES);
  }
}

function create(column, row, minutes) {
  const query = new URLSearchParams({ praticien: column.dataset.r, debut: moment(row, column), retour: here() });
  if (minutes) query.set('minutes', minutes);
  location.assign(`/agenda/rdv/nouveau?${query}`);
}

/* This view, without what happened to it. */
function here() {
  const query = new URLSearchParams(location.search);
  ['fait', 'rdv', 'defaire', 'libre', 'pour', 'coupe'].forEach(name => query.delete(name));
  return `${location.pathname}?${query}`;
}

/* ---- cut and paste: the address carries what is cut, and the tab remembers it across other pages ---- */

const tray = () => find('#cut');
const withCut = id => `${here()}&coupe=${id}`;

function cut(item) {
  sessionStorage.setItem(CUT, idOf(item));
  location.assign(withCut(idOf(item)));
}

function paste(item) {
  const form = tray();
  if (!item) return say(t('Choisissez d’abord un créneau avec les flèches.', 'First choose a free time with the arrows.'));
  const { row, column } = place(item);
  form.elements.debut.value = moment(row, column);
  form.elements.praticien.value = column.dataset.r;
  sessionStorage.removeItem(CUT);
  form.requestSubmit();
}

function recall() {
  const id = sessionStorage.getItem(CUT);
  if (tray()) return sessionStorage.setItem(CUT, tray().dataset.id);
  /* Asked for and not there: it was moved or cancelled meanwhile. */
  if (new URLSearchParams(location.search).has('coupe')) sessionStorage.removeItem(CUT);
  else if (id && find('#grid')) location.replace(withCut(id));
}

/* ---- the keyboard in the grid: one tab stop, arrows walk ---- */

let keyboardMove = null;

function rove(link) {
  all('.ag a[tabindex="0"]').forEach(a => a.setAttribute('tabindex', '-1'));
  link?.setAttribute('tabindex', '0');
}

function prepare() {
  const links = all('.ag .col > li > a');
  links.forEach(a => a.setAttribute('tabindex', '-1'));
  rove(document.activeElement?.closest('.ag .col a') ?? find('.ag .ev > a') ?? links[0]);
}

const inOrder = column => all(':scope > li:is(.ev, .free)', column)
  .sort((a, b) => number(a, 's') - number(b, 's'));

function walk(item, key) {
  const { row, column } = place(item);
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const list = inOrder(column);
    return list[list.indexOf(item) + (key === 'ArrowDown' ? 1 : -1)];
  }
  const side = columns()[columns().indexOf(column) + (key === 'ArrowRight' ? 1 : -1)];
  const distance = other => Math.abs(number(other, 's') - row);
  return side && inOrder(side).reduce((best, other) =>
    (!best || distance(other) < distance(best) ? other : best), null);
}

const STEPS = { ArrowUp: -1, ArrowDown: 1, PageUp: -12, PageDown: 12 };

function moveByKey(event) {
  const { item, from } = keyboardMove;
  const { row, column } = place(item);
  const beside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === 'Tab') return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === 'Escape') {
    keyboardMove = null;
    putBack(item, from);
    item.classList.remove('moving');
    say(t('Laissé à sa place.', 'Left where it was.'));
  } else if (event.key === 'Enter') {
    keyboardMove = null;
    drop(item, from);
  } else if (event.shiftKey && STEPS[event.key]) {
    stretch(item, place(item).length + STEPS[event.key]);
    say(span(place(item)));
  } else if (STEPS[event.key] || beside) {
    put(item, row + (STEPS[event.key] ?? 0), columns()[columns().indexOf(column) + (beside ?? 0)] ?? column);
    say(where(place(item)));
  } else {
    return;
  }
  find('a', item).focus();
}

function grab(item) {
  keyboardMove = { item, from: place(item) };
  item.classList.add('moving');
  say(t('Pris. Flèches pour déplacer, Entrée pour poser, Échap pour laisser.',
    'Taken. Arrows move it, Enter puts it down, Escape leaves it.'));
}

function gridKey(event) {
  const item = event.target.closest('.ag li');
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (keyboardMove) {
    moveByKey(event);
    return true;
  }
  const act = keysOn() && movable(item) && { d: grab, x: cut }[event.key];
  if (act) {
    event.preventDefault();
    act(item);
    return true;
  }
  if (event.shiftKey && STEPS[event.key] && movable(item)) {
    grab(item);
    moveByKey(event);
    return true;
  }
  if (!event.key.startsWith('Arrow')) return false;
  const next = walk(item, event.key);
  event.preventDefault();
  if (next) find('a', next).focus();
  return true;
}

/* ---- single keys anywhere on the page ---- */

const keysOn = () => localStorage.getItem(KEYS_OFF) !== '1';
const follow = selector => find(selector)?.click();

/* The next free time of the agenda in hand, of any when none is; beyond this page the server looks. */
function nextFree(step) {
  const item = document.activeElement?.closest('.ag .col > li');
  const who = item?.parentElement.dataset.r;
  const at = li => moment(number(li, 's'), li.parentElement);
  const slots = all('.ag .free').filter(li => !who || li.parentElement.dataset.r === who)
    .sort((a, b) => (at(a) < at(b) ? -1 : 1));
  const next = step > 0 ? slots.find(li => !item || at(li) > at(item)) : slots.filter(li => item && at(li) < at(item)).pop();
  if (next) return find('a', next).focus();
  const url = new URL(find('#next-free').href), dates = columns().map(column => column.dataset.date);
  if (dates.length) url.searchParams.set('apres', step > 0 ? `${dates.at(-1)}T23:55` : `${dates[0]}T00:00`);
  if (who) url.searchParams.set('praticien', who);
  if (step < 0) url.searchParams.set('sens', 'avant');
  location.assign(url);
}

function askDate() {
  find('#date').showModal();
  find('#date [type=date]').focus();
}

const SHORTCUTS = {
  t: () => follow('#today'),
  j: () => follow('[rel=next]'),
  k: () => follow('[rel=prev]'),
  1: () => follow('#view-1'),
  2: () => follow('#view-2'),
  3: () => follow('#view-3'),
  n: () => nextFree(1),
  N: () => nextFree(-1),
  g: askDate,
  p: () => follow('#print'),
  b: () => follow('#block'),
  v: () => tray() && paste(document.activeElement?.closest('.ag .col > li')),
  Escape: () => tray() && follow('#forget'),
  '?': () => location.assign('/agenda/raccourcis'),
};

function onKey(event) {
  if (event.defaultPrevented || find('dialog[open]') || gridKey(event)) return;
  const typing = event.target.closest('input, select, textarea, [contenteditable]');
  if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !typing && find('#undo form')) {
    event.preventDefault();
    find('#undo form').requestSubmit();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
  const act = SHORTCUTS[event.key];
  if (!act || !find('#grid')) return;
  if (event.key !== 'Escape') event.preventDefault();
  act();
}

/* ---- what others change is seen within two seconds (ux-25), a lost connection within five (ux-27) ---- */

let failures = 0, looking = false;
const factsOf = version => version?.split('-')[0];
/* A hand at work is not disturbed, and what we ask ourselves is ours to tell. */
const atWork = () => drag || keyboardMove || find('dialog[open]') || find('[aria-busy=true]');

function connected(is) {
  const sign = find('#link');
  sign.hidden = false;
  sign.classList.toggle('off', !is);
  sign.textContent = is ? t('En direct', 'Live') : t('Connexion perdue', 'Connection lost');
}

async function askVersion(url) {
  const answer = await fetch(url);
  /* Signed out meanwhile: nothing more is asked, the next click leads to the sign-in page. */
  if (answer.redirected) clearInterval(ticking);
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  return answer.text();
}

async function look() {
  const url = find('[data-version-url]')?.dataset.versionUrl;
  if (!url || looking || document.hidden || atWork()) return;
  looking = true;
  try {
    const version = await askVersion(url), ours = find('#grid').dataset.version;
    connected(true);
    failures = 0;
    if (version !== ours && !atWork()) {
      await refresh();
      if (factsOf(version) !== factsOf(ours)) say(t('L’agenda a changé : il est à jour.', 'The agenda has changed: it is up to date.'));
    }
  } catch {
    failures += 1;
    if (failures === LOST_AFTER) {
      connected(false);
      say(t('Connexion perdue : l’agenda affiché peut avoir changé, rien ne peut être modifié.',
        'Connection lost: the agenda may have changed, nothing can be modified.'));
    }
  }
  looking = false;
}

/* ---- the panel beside the grid ---- */

async function openPanel(link) {
  const panel = find('#panel');
  panel.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(link.href, { headers: { 'X-Frag': '#panel' } });
    if (!swap('#panel', await answer.text())) return location.assign(link.href);
    find('#panel h1')?.setAttribute('tabindex', '-1');
    find('#panel h1')?.focus();
  } catch {
    location.assign(link.href);
  }
}

/* The list under the search field, while one types; a selection stays as it is. */
let searchTimer;
async function search(form) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('chercher', '1');
  const answer = await fetch(form.action, { method: 'POST', headers: { 'X-Frag': '#found' }, body: fields });
  const markup = await answer.text();
  if (fields.get('q') === find('#f-q')?.value) swap('#found', markup);
}

function onClick(event) {
  const link = event.target.closest('.ag .col a');
  const tab = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.target.closest('#go-date') && !tab) {
    event.preventDefault();
    askDate();
  }
  if (event.target.closest('#forget')) sessionStorage.removeItem(CUT);
  if (event.target.closest('[data-print]')) print();
  event.target.closest('[data-close]')?.closest('dialog').close();
  if (event.target.closest('#chercher') && !tab) {
    event.preventDefault();
    search(event.target.closest('form'));
  }
  if (!link || tab || event.defaultPrevented) return;
  const item = link.parentElement;
  if (item.matches('.free') && tray()) {
    event.preventDefault();
    paste(item);
  } else if (item.matches('.free')) {
    /* The way back is this very view. */
    event.preventDefault();
    location.assign(`${link.getAttribute('href')}&retour=${encodeURIComponent(here())}`);
  } else if (wide.matches) {
    event.preventDefault();
    openPanel(link);
  }
}

addEventListener('click', onClick);
addEventListener('keydown', onKey);
addEventListener('pointerdown', event => event.target.closest?.('.ag') && begin(event));
addEventListener('pointermove', move);
addEventListener('pointerup', end);
addEventListener('pointercancel', end);
addEventListener('dragstart', event => event.target.closest?.('.ag') && event.preventDefault());
addEventListener('focusin', event => {
  const link = event.target.closest('.ag .col a');
  if (link) rove(link);
});
addEventListener('frag:swapped', event => {
  if (event.target.id === 'grid') prepare();
  /* Something was changed in the panel: the grid shows it. */
  if (event.target.id === 'panel' && find('#grid')) refresh();
});
addEventListener('input', event => {
  if (!event.target.matches('[data-live=chercher]')) return;
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => search(event.target.form), LIVE_SEARCH_MS);
});
addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !event.target.matches('[data-live=chercher]')) return;
  event.preventDefault();
  search(event.target.form);
});

const off = find('#keys-off');
if (off) {
  off.checked = !keysOn();
  off.addEventListener('change', () => localStorage.setItem(KEYS_OFF, off.checked ? '1' : '0'));
}
if (!keysOn()) document.body.dataset.keys = 'off';
find('[data-print]')?.removeAttribute('hidden');
recall();
const ticking = setInterval(look, LIVE_MS);
addEventListener('visibilitychange', look);
if (find('#undo form')) setTimeout(() => find('#undo')?.replaceChildren(), UNDO_MS);
prepare();
