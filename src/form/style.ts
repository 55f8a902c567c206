// By a constructed style sheet, which a policy without 'unsafe-inline' lets through. Colours come from the system, so
// that forced colours and the dark ones are right.
const css = `
:host{display:block;box-sizing:border-box;max-width:28rem;padding:1rem;color-scheme:light dark;background:Canvas;color:CanvasText;font:1rem/1.4 system-ui,sans-serif;--accent:var(--credseal-accent,light-dark(#1a56b0,#9cc2ff));--on-accent:var(--credseal-on-accent,light-dark(#fff,#10203a));--wrong:light-dark(#a30d1e,#ffb0b0);border-radius:.5rem}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box}
p{margin:.25rem 0}
.title{font-size:1.25rem;font-weight:600;margin:0 0 .75rem}
.field{margin:0 0 1rem}
label{display:block;font-weight:600}
label span{font-weight:400}
.row{display:flex;gap:.5rem;margin-top:.25rem}
input{flex:1;min-width:0;font:inherit;padding:.6rem;border:1px solid GrayText;border-radius:.375rem;background:Field;color:FieldText;min-height:2.75rem}
input[type=checkbox]{flex:none;width:1.5rem;min-height:1.5rem}
input[aria-invalid=true]{border-color:var(--wrong);border-width:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
button{font:inherit;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--accent);border-radius:.375rem;background:Canvas;color:var(--accent);cursor:pointer}
button.main{width:100%;background:var(--accent);color:var(--on-accent);font-weight:600}
button:disabled{opacity:.6;cursor:default}
.error{color:var(--wrong)}
.shown,code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.shown{white-space:pre-wrap}
.totp code{font-size:1.25rem;letter-spacing:.1em}
.key{font-size:.8rem;margin-top:.75rem}
.pictures{flex-wrap:wrap}
.pictures button{flex:auto;padding:.5rem .4rem}
.drop{outline:3px dashed var(--accent)}
video{width:100%;border-radius:.375rem}
`;

/** Puts the styles of a form on its root. */
export function dress(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
}
