/**
 * What KeePassXC 2.7.4 calls the recycle bin, in the 41 translations of its interface ("Recycle Bin" in
 * share/translations/keepassxc_*.ts). The bin has the name of the language that it was made in.
 */
const KEEPASSXC_BINS = [
  ['ar', 'سلة المهملات'],
  ['bg', 'Кошче'],
  ['ca', 'Paperera'],
  ['cs', 'Koš'],
  ['da', 'Papirkurv'],
  ['de', 'Papierkorb'],
  ['el', 'Κάδος Ανακύκλωσης'],
  ['en', 'Recycle Bin'],
  ['en_GB', 'Recycle Bin'],
  ['en_US', 'Recycle Bin'],
  ['es', 'Papelera'],
  ['et', 'Prügikast'],
  ['fi', 'Roskakori'],
  ['fr', 'Corbeille'],
  ['fr_CA', 'Corbeille'],
  ['he', 'סל־מחזור'],
  ['hr', 'Koš za smeće'],
  ['hu', 'Kuka'],
  ['id', 'Keranjang Sampah'],
  ['it', 'Cestino'],
  ['ja', 'ゴミ箱'],
  ['ko', '휴지통'],
  ['lt', 'Šiukšlinė'],
  ['my', 'အမှိုက်ပုံး'],
  ['nb', 'Papirkurv'],
  ['nl', 'Prullenbak'],
  ['pl', 'Kosz'],
  ['pt_BR', 'Lixeira'],
  ['pt_PT', 'Reciclagem'],
  ['ro', 'Coș de gunoi'],
  ['ru', 'Корзина'],
  ['si', 'ප්‍රතිචක්‍රීකරණ බඳුන'],
  ['sk', 'Kôš'],
  ['sl', 'Koš'],
  ['sr', 'Корпа за отпатке'],
  ['sv', 'Papperskorg'],
  ['th', 'ถังขยะ'],
  ['tr', 'Çöp kutusu'],
  ['uk', 'Смітник'],
  ['zh_CN', '回收站'],
  ['zh_TW', '回收桶'],
] as const;

/** The names of KeePassXC's recycle bin. */
export const keepassxcBins: ReadonlySet<string> = new Set(KEEPASSXC_BINS.map(([, name]) => name));

/** What all paths of groups begin with, in names: the root group at least, whose name may hold a slash itself. */
export class GroupRoot {
  #common: readonly string[] | undefined;

  add(path: string): void {
    const names = path.split('/');
    const end = this.#common?.findIndex((name, at) => name !== names[at]) ?? -1;
    if (this.#common === undefined) this.#common = names;
    else if (end !== -1) this.#common = this.#common.slice(0, end);
  }

  /**
   * Whether a path leads into the bin. The bin is right beneath the root, and all paths begin with the root: a name of
   * the bin that stands deeper is a group of the user's.
   */
  isInBin(path: string, bins: ReadonlySet<string>): boolean {
    const names = path.split('/');
    const deepest = Math.max(1, this.#common?.length ?? 1);
    return names.some((name, at) => at > 0 && at <= deepest && bins.has(name));
  }
}
