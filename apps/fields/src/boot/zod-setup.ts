import * as z from 'zod/mini';

// Compiled validators need `new Function`, which this document's policy refuses.
z.config({ jitless: true });
