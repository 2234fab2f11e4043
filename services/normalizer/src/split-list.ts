/** The parts of a list that a vendor joins with commas, half or full width, or with 、; empty parts are left out. */
export function splitList(text: string | null): string[] {
  return (text ?? '')
    .split(/[,,、]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
