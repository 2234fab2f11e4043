/** UTF-8 cannot carry half a character of UTF-16: it is written as its escape, `\ud83d`. */
export function escapeHalves(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}
