// What runs in the browser: the entry is sealed here, and nothing but the token leaves the page.
import { sealHandoff } from 'credseal/handoff';

/** Seals an entry to the worker's public key, and gives the token to the server. */
export async function handOff(entry, { server = '' } = {}) {
  const publicJwk = await (await fetch(`${server}/handoff-key`)).json();
  const token = await sealHandoff(entry, publicJwk, { expiresIn: 600, audience: 'vault-worker' });
  const response = await fetch(`${server}/entries`, { method: 'POST', body: token });
  return { status: response.status, ...(await response.json()) };
}

const form = globalThis.document?.querySelector('form');
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const output = form.querySelector('output');
  output.textContent = '…';
  // A field that is left empty is left out: an empty credential would be refused.
  const entry = Object.fromEntries(Array.from(new FormData(form)).filter(([, value]) => value !== ''));
  try {
    const { status, message } = await handOff(entry);
    output.textContent = `${status}: ${message}`;
    if (status === 202) form.reset();
  } catch (error) {
    // Errors of credseal name fields and reasons, and show no values.
    output.textContent = error.message;
  }
});
