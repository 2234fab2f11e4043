const prefixed = /^zen:event-type[:/]([\w.-]{1,64})$/;

/** `ticket.created` of `zen:event-type:ticket.created`, which some pages write with a slash; null of another text. */
export const dataTypeOf = (type: string): string | null => prefixed.exec(type)?.[1] ?? null;
