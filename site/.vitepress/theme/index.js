// The fonts of the system: those of the default theme weigh more than a page.
export { default } from 'vitepress/theme-without-fonts';
