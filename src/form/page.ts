import './register.js';
import type { CredsealForm } from './element.js';

// The script of the page of `credseal page`: all that it has. There is nowhere for it to send to.

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{margin:0;padding:1rem}
main{max-width:30rem;margin:auto}
credseal-form{padding:0}
textarea{box-sizing:border-box;width:100%;height:8rem;font:.8rem/1.3 ui-monospace,monospace}
button{font:inherit;min-height:2.75rem;padding:.5rem 1rem;margin:.5rem .5rem 0 0}
[hidden]{display:none}
`);
document.adoptedStyleSheets = [sheet];

const find = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const result = find('result');
const token = find<HTMLTextAreaElement>('token');
const told = find('told');

const form = document.querySelector('credseal-form') as CredsealForm;
form.addEventListener('sealed', (event) => {
  token.value = (event as CustomEvent<{ token: string }>).detail.token;
  told.textContent = '';
  result.hidden = false;
});
find('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(token.value);
    told.textContent = 'Copied.';
  } catch {
    token.select();
    told.textContent = 'Copying is not allowed here: it is selected, copy it by hand.';
  }
});
find('save').addEventListener('click', () => {
  const address = URL.createObjectURL(new Blob([`${token.value}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'sealed.txt';
  link.click();
  URL.revokeObjectURL(address);
  told.textContent = 'Saved as sealed.txt.';
});
