/** Asks the platform whether it is up, and says so; never more than one question at a time. */
const DEADLINE_MS = 10_000;
const status = document.querySelector('#status');
const services = document.querySelector('#services');
const again = document.querySelector('#again');

/** The body tells more than the code: 503 comes with what is down. */
async function ask() {
  const answer = await fetch('/smoke', {
    headers: { accept: 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const result = await answer.json();
  if (typeof result.up !== 'boolean') throw new TypeError(`it answers ${answer.status}`);
  return result;
}

function show({ up, services: found = {} }) {
  status.textContent = up ? 'The platform is up.' : 'A part of the platform is down.';
  const items = Object.entries(found).map(([name, { up: isUp }]) => {
    const item = document.createElement('li');
    item.textContent = `${name}: ${isUp ? 'up' : 'down'}`;
    return item;
  });
  services.replaceChildren(...items);
  services.hidden = items.length === 0;
}

async function refresh() {
  again.disabled = true;
  status.textContent = 'Asking the platform…';
  try {
    show(await ask());
  } catch (error) {
    services.hidden = true;
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    const why = isLate ? 'it took too long' : 'it could not be reached';
    status.textContent = `The platform did not answer: ${why}.`;
  }
  again.disabled = false;
  again.hidden = false;
}

again.addEventListener('click', refresh);
await refresh();
