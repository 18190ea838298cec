/*
 * palette.js - the page /agenda/aller in a dialog: what is typed is posted as on that
 * page (frag.js), arrows walk what was found, Enter opens the first of it.
 */
const find = (selector, root = document) => root.querySelector(selector);

function make() {
  const dialog = document.createElement('dialog');
  const place = document.createElement('div');
  dialog.id = 'palette';
  dialog.setAttribute('aria-label', document.documentElement.lang === 'en' ? 'Go to' : 'Aller à');
  place.id = 'go';
  dialog.append(place);
  document.body.append(dialog);
  dialog.addEventListener('keydown', walk);
  /* Beside it is outside. */
  dialog.addEventListener('click', event => event.target === dialog && dialog.close());
  return dialog;
}

function walk(event) {
  const dialog = event.currentTarget;
  const stops = [...dialog.querySelectorAll('#go-q, #go-found a')];
  const at = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
  } else if (event.key === 'Enter' && at === 0 && stops[1]) {
    event.preventDefault();
    stops[1].click();
  }
}

export async function open(swap) {
  /* On its own page the field is there already. */
  if (location.pathname === '/agenda/aller') return find('#go-q').focus();
  const dialog = find('#palette') ?? make();
  try {
    const answer = await fetch('/agenda/aller', { headers: { 'X-Frag': '#go' } });
    if (!swap('#go', await answer.text())) throw new Error('not the page');
  } catch {
    return location.assign('/agenda/aller');
  }
  if (!dialog.open) dialog.showModal();
  find('#go-q', dialog).focus();
}
