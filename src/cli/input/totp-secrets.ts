import { TotpSecret } from '../../totp/totp-secret.js';
import type { Context } from '../context.js';
import { readValue } from './read.js';

/** The secret on standard input, or all those of a migration export. */
export async function readSecrets(context: Context): Promise<TotpSecret[]> {
  const text = await readValue('TOTP secret or URI', context);
  if (!/^\W*otpauth-migration:/i.test(text)) return [TotpSecret.parse(text)];
  const { secrets, batch } = TotpSecret.parseMigration(text);
  if (batch.size > 1) {
    context.stderr.write(
      `This is QR code ${batch.index + 1} of ${batch.size} of the export; the others hold more accounts.\n`,
    );
  }
  return secrets;
}
