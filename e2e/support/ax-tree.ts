import type { CDPSession, Frame, Page } from '@playwright/test';

/** What assistive technology is told of one thing. */
export type Told = {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly invalid: unknown;
  readonly required: unknown;
  readonly disabled: unknown;
  readonly live: unknown;
  readonly atomic: unknown;
  /** Tells one element of the document from another, also when it was drawn anew. */
  readonly node: number | undefined;
};

type Nodes = Awaited<ReturnType<typeof ask>>;

const ask = async (line: CDPSession) => (await line.send('Accessibility.getFullAXTree')).nodes;

function told({ role, name, description, properties = [], backendDOMNodeId }: Nodes[number]): Told {
  const of = (wanted: string): unknown =>
    properties.find((property) => property.name === wanted)?.value.value;
  return {
    role: String(role?.value),
    name: String(name?.value ?? ''),
    description: String(description?.value ?? ''),
    invalid: of('invalid'),
    required: of('required'),
    disabled: of('disabled') ?? false,
    live: of('live'),
    atomic: of('atomic'),
    node: backendDOMNodeId,
  };
}

/** The accessibility tree of a page, or of a frame with a renderer of its own, as Chromium gives it to the system. */
export async function axTree(page: Page, frame?: Frame): Promise<Told[]> {
  const line = await page.context().newCDPSession(frame ?? page);
  try {
    const nodes = await ask(line);
    return nodes.filter(({ ignored }) => !ignored).map(told);
  } finally {
    await line.detach();
  }
}
