import { createHash } from 'node:crypto';

/** Somebody whom the development issuer offers to sign in as. */
export interface IssuerPerson {
  readonly login: string;
  /** What the list says: a name, and what the person is. */
  readonly name: string;
  /** What there is to see as this person. */
  readonly look?: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

const STYLE = `
body { color: #0b0c0c; font: 19px/1.4 arial, sans-serif; margin: 0 auto; max-width: 40em; padding: 15px; }
h1 { font-size: 32px; line-height: 1.1; }
h2 { font-size: 24px; margin: 40px 0 10px; }
label { display: block; font-weight: 700; margin-bottom: 5px; }
input { border: 2px solid #0b0c0c; box-sizing: border-box; font: inherit; max-width: 100%; padding: 5px; width: 20em; }
button { background: #00703c; border: 2px solid transparent; color: #fff; cursor: pointer; font: inherit; margin: 10px 0; padding: 7px 15px; }
ul { list-style: none; margin: 0; padding: 0; }
li button { background: none; border: 0; color: #1a65a6; margin: 0; padding: 5px 0; text-align: left; text-decoration: underline; }
input:focus, button:focus { outline: 3px solid #fd0; outline-offset: 0; box-shadow: inset 0 0 0 2px #0b0c0c; }
li p { margin: 0 0 15px; }
li button:focus { background: #fd0; color: #0b0c0c; }
.error { border-left: 5px solid #ca3535; color: #ca3535; font-weight: 700; padding-left: 10px; }
.note { border-left: 10px solid #b1b4b6; padding: 10px 15px; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * Headers of the page. A form's redirects are held to `form-action` too, and the last of them leads to the client.
 * @param clientOrigin origin of the client's redirect address
 */
export const signInPageHeaders = (clientOrigin: string): Readonly<Record<string, string>> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${clientOrigin}; frame-ancestors 'none'; base-uri 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
});

export interface SignInPage {
  /** Where the form goes. */
  readonly action: string;
  readonly people: readonly IssuerPerson[];
  /** Whether nothing that can be a login was sent. */
  readonly failed: boolean;
}

/** The page on which a developer says as whom to sign in: no password, and so never in production. */
export const signInPage = ({ action, people, failed }: SignInPage): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${failed ? 'Error: ' : ''}Development sign-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Development sign-in</h1>
<p class="note">This page asks for no password. It exists on development machines alone.</p>
<form method="post" action="${escaped(action)}">
<label for="login">Sign in as</label>
${failed ? '<p class="error" id="login-error">Error: enter a login, such as dsl</p>\n' : ''}<input id="login" name="login" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required${failed ? ' aria-invalid="true" aria-describedby="login-error"' : ''}>
<div><button type="submit">Sign in</button></div>
</form>
${people.length === 0 ? '' : listOf(action, people)}</main>
</body>
</html>
`;

const listOf = (action: string, people: readonly IssuerPerson[]): string => `<h2>People</h2>
<form method="post" action="${escaped(action)}">
<ul>
${people
  .map(
    ({ login, name, look }) =>
      `<li><button type="submit" name="login" value="${escaped(login)}">${escaped(name)} (${escaped(login)})</button>${look ? `\n<p>${escaped(look)}</p>` : ''}</li>`,
  )
  .join('\n')}
</ul>
</form>
`;
