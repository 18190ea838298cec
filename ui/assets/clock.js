/*
 * clock.js - what ends while a page is open: the session, and a time that is kept.  Without
 * it the page says the hour, and a form sent too late comes back after the sign-in.
 *
 * The clock ticks for the eyes; a screen reader hears it at a few moments only.  Nothing
 * takes the focus from a typing hand.  Tabs of one session tell each other that somebody is there.
 */
const WARN_SECONDS = 120;
const HOLD_SAID_SECONDS = [120, 60, 30];

const find = selector => document.querySelector(selector);
const say = words => { find('#heard').textContent = words; };
const short = seconds => {
  const s = Math.max(0, Math.ceil(seconds)), m = Math.floor(s / 60);
  return m ? `${m} min ${String(s % 60).padStart(2, '0')} s` : `${s} s`;
};
const whole = seconds => (seconds % 60 ? `${seconds} s` : `${seconds / 60} min`);

/* Calls step(left) once a second until it says that there is no more to do. */
function countdown(seconds, step) {
  const clock = { end: Date.now() + seconds * 1000 };
  const tick = () => { if (step((clock.end - Date.now()) / 1000) === false) clearInterval(timer); };
  const timer = setInterval(tick, 1000);
  addEventListener('visibilitychange', tick);	// a machine that slept
  tick();
  return clock;
}

function watchHold(hold) {
  const count = hold.querySelector('.left'), due = [...HOLD_SAID_SECONDS];
  countdown(Number(hold.dataset.seconds), left => {
    count.textContent = `(${short(left)})`;
    while (left <= due[0] - 1) due.shift();	// missed: not said late
    if (left <= due[0]) say(hold.dataset.say.replace('@', whole(due.shift())));
    if (left > 0) return true;
    hold.hidden = true;
    find('#lapsed').hidden = false;
    return false;
  });
}

function watchSession(stay) {
  const count = stay.querySelector('.left'), tabs = new BroadcastChannel('session');
  const form = stay.querySelector('form');
  let warned = false;
  const clock = countdown(Number(stay.dataset.seconds), left => {
    stay.hidden = left > WARN_SECONDS || left <= 0;
    find('#ended').hidden = left > 0;
    count.textContent = `(${short(left)})`;
    if (!stay.hidden && !warned) say(stay.dataset.soon);
    warned = !stay.hidden;
  });
  const extend = seconds => { clock.end = Math.max(clock.end, Date.now() + seconds * 1000); };
  const here = seconds => { extend(seconds); tabs.postMessage(seconds); };
  tabs.onmessage = event => { if (!('final' in stay.dataset)) extend(event.data); };
  const full = Number(stay.dataset.seconds);
  here(full);
  /* Parts of pages are fetched: the server has seen somebody then. */
  new PerformanceObserver(list => {
    const asked = e => e.initiatorType === 'fetch' && (e.responseStatus ?? 200) < 400;
    if (list.getEntries().some(asked) && !('final' in stay.dataset)) here(full);
  }).observe({ type: 'resource' });
  form?.addEventListener('submit', async event => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) { clock.end = 0; return; }
      here(Number(await answer.text()));
      say(stay.dataset.stayed);
    } catch {
      say(find('#live').dataset.offline);
    }
  });
}

const hold = find('#hold'), stay = find('#stay');
if (hold) watchHold(hold);
if (stay) watchSession(stay);
