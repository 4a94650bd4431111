/** Takes zod's settings and does nothing: there is no compiled path to switch off here. */
export const config = (_settings?: object): void => {};
