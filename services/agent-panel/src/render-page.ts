import type { Panel } from './read-panels.ts';

/** What the panel's script is told, as attributes of the body: texts alone, and no script within the page. */
function attributesOf(panel: Panel): Record<string, string> {
  const [parameter, part] = panel.conversationParameter;
  return {
    'data-source': panel.sourceId,
    'data-gateway': panel.gateway,
    'data-script': panel.scriptUrl,
    'data-conversation': `${parameter}.${part}`,
  };
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The page of a panel: empty, until its script has shown who may see what. */
export function renderPage(panel: Panel): string {
  const attributes = Object.entries(attributesOf(panel)).map(
    ([name, value]) => `${name}="${escaped(value)}"`,
  );
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title>
<link rel="stylesheet" href="/assets/panel.css">
<script src="/assets/panel.js" defer></script>
</head>
<body ${attributes.join(' ')}></body>
</html>
`;
}

/** Nothing but what the page needs: no inline script or style, the gateway, the vendor's script, and pictures. */
export function contentSecurityPolicy({ gateway, scriptUrl, frameAncestors }: Panel): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${new URL(scriptUrl).origin}`,
    "style-src 'self'",
    'img-src https: http:',
    `connect-src 'self' ${gateway}`,
    `frame-ancestors ${frameAncestors.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
