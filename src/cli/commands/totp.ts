import { TotpSecret } from '../../totp/totp-secret.js';
import { EXIT } from '../exit.js';
import { readValue } from '../input/read.js';
import { printable } from '../terminal/printable.js';

/** `credseal totp show`: the settings of the secret on stdin; the secret itself only with `--secret`. */
export async function totpShow({ secret: showSecret }: { secret?: boolean }): Promise<number> {
  for (const [index, secret] of (await readSecrets()).entries()) {
    if (index > 0) process.stdout.write('\n');
    const { algorithm, digits, period, bits, issuer, label, base32 } = secret;
    const rows = { algorithm, digits, period: `${period} s`, length: `${bits} bits`, issuer, label };
    for (const [name, value] of Object.entries(showSecret ? { ...rows, secret: base32 } : rows)) {
      if (value !== undefined) process.stdout.write(`${name.padEnd(9)}  ${printable(String(value))}\n`);
    }
  }
  return EXIT.done;
}

/** `credseal totp code`: the current code, for each secret on stdin. */
export async function totpCode(): Promise<number> {
  for (const secret of await readSecrets()) process.stdout.write(`${secret.code()}\n`);
  return EXIT.done;
}

/** `credseal totp verify CODE`: exit code 0 if the code is right for any secret on stdin, a period early or late included. */
export async function totpVerify(code: string): Promise<number> {
  const isValid = (await readSecrets()).some((secret) => secret.verify(code));
  process.stdout.write(isValid ? 'valid\n' : 'not valid\n');
  return isValid ? EXIT.done : EXIT.checkFailed;
}

async function readSecrets(): Promise<TotpSecret[]> {
  const text = await readValue('TOTP secret or URI');
  if (!/^\W*otpauth-migration:/i.test(text)) return [TotpSecret.parse(text)];
  const { secrets, batch } = TotpSecret.parseMigration(text);
  if (batch.size > 1) {
    process.stderr.write(
      `This is QR code ${batch.index + 1} of ${batch.size} of the export; the others hold more accounts.\n`,
    );
  }
  return secrets;
}
