/*
 * The process that speaks PKCS#11. A vendor's library runs here and not in the vault: it blocks for as
 * long as the device takes, and may crash. The vault ends a process that has not answered in time.
 */
import { detailOf, PinRefused, Pkcs11Device } from './pkcs11-device.ts';
import type { Pkcs11Place, Pkcs11Reply, Pkcs11Request } from './pkcs11-calls.ts';

const place = JSON.parse(process.env['HUSHFIELD_PKCS11'] ?? '{}') as Pkcs11Place;
let device: Pkcs11Device | undefined;

process.on('disconnect', () => process.exit());
process.on('message', (request: Pkcs11Request) => {
  const reply = replyTo(request);
  process.send?.(reply, () => {
    // A new process is the one sure way out of whatever state a library is in.
    if ('failure' in reply && reply.failure !== 'refused') process.exit();
  });
});

function replyTo({ id, call }: Pkcs11Request): Pkcs11Reply {
  try {
    device ??= new Pkcs11Device(place);
    return { id, answer: device.answer(call) };
  } catch (error) {
    if (error instanceof PinRefused) return { id, failure: 'pin', detail: error.message };
    const failure = device?.works() === true ? 'refused' : 'lost';
    return { id, failure, detail: detailOf(error) };
  }
}
