type Child = Node | string;

/** An element with text and elements in it. Texts are texts, whatever is in them: nothing here reads HTML. */
export function make<N extends keyof HTMLElementTagNameMap>(
  name: N,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[N] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** A button that does something; while it does it, it cannot be pressed again. */
export function button(
  text: string,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', () => {
    if (element.getAttribute('aria-busy') === 'true') return;
    element.setAttribute('aria-busy', 'true');
    void work().finally(() => element.removeAttribute('aria-busy'));
  });
  return element;
}
