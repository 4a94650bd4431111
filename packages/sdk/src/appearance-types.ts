/** Colours are hex digits, lengths are CSS px; there is no CSS text. */
export type AppearanceVariables = {
  colorPrimary?: string;
  colorBackground?: string;
  colorText?: string;
  colorPlaceholder?: string;
  colorDanger?: string;
  colorBorder?: string;
  /** One of ours, or a family that the operator hosts beside the fields. */
  fontFamily?: 'system' | 'sans' | 'serif' | 'mono' | (string & {});
  /** 12 to 28. Below 16, phones zoom into the page when the field gets focus. */
  fontSize?: number;
  /** 0 to 32. */
  radius?: number;
  /** 2 to 32. */
  spacing?: number;
};

/** How elements look. `auto` follows the page's own `color-scheme`. */
export type AppearanceOptions = {
  /** `flat` fills inputs in the place of a border; `none` leaves all drawing to your container. */
  theme?: 'auto' | 'light' | 'dark' | 'flat' | 'none';
  variables?: AppearanceVariables;
  /** By part and state. What differs from state to state is colour alone. */
  rules?: { [part in AppearancePart]?: AppearanceRule } & {
    /** It stands below all inputs, and has no state of one. */
    message?: Pick<AppearanceRule, 'base'>;
  };
  labels?: 'above' | 'floating' | 'none';
};

/** What a rule may speak of. */
export type AppearancePart = 'input' | 'placeholder' | 'label' | 'mark';

/** Colours as hex digits. */
export type AppearanceColours = {
  color?: string;
  backgroundColor?: string;
  borderColor?: string;
  outlineColor?: string;
};

/**
 * How a part looks at rest, and what changes with a state; a later one in this order is stronger. Our own
 * marks of focus and of a mistake stand over all but `focus` and `invalid`.
 */
export type AppearanceRule = {
  base?: AppearanceColours & {
    /** 0 to 4, CSS px. */
    borderWidth?: number;
    /** 0 to 32, CSS px. */
    borderRadius?: number;
    /** 10 to 28, CSS px. */
    fontSize?: number;
    fontWeight?: '400' | '500' | '600' | '700';
    /** -1 to 4, CSS px. */
    letterSpacing?: number;
  };
  empty?: AppearanceColours;
  complete?: AppearanceColours;
  hover?: AppearanceColours;
  focus?: AppearanceColours;
  invalid?: AppearanceColours;
};
