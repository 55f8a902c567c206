import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which of some texts are in a file of a folder, in UTF-8 or UTF-16. */
export async function foundInFiles(folder: string, texts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const text of texts)
      if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) found.add(text);
  }
  return [...found];
}
