/*
 * A device that takes its time: the functions of another PKCS#11 library, of which decrypting sleeps for
 * SLOW_PKCS11_MS and logging in is noted in the file SLOW_PKCS11_LOGINS. For tests; compiled by them.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long number;
typedef unsigned char byte;
typedef number (*login_function)(number, number, byte *, number);
typedef number (*decrypt_function)(number, byte *, number, byte *, number *);

/* CK_FUNCTION_LIST of v2.40: a version, and 68 functions in the order of the standard. */
enum { LOGIN = 18, DECRYPT = 34, FUNCTIONS = 68 };
struct list {
  byte version[2];
  void *functions[FUNCTIONS];
};
static struct list *real, ours;

static number decrypt(number session, byte *in, number in_size, byte *out, number *out_size) {
  const char *ms = getenv("SLOW_PKCS11_MS");
  if (ms != NULL) usleep((useconds_t)atoi(ms) * 1000);
  return ((decrypt_function)real->functions[DECRYPT])(session, in, in_size, out, out_size);
}

static number login(number session, number user, byte *pin, number size) {
  const char *path = getenv("SLOW_PKCS11_LOGINS");
  FILE *file = path == NULL ? NULL : fopen(path, "a");
  if (file != NULL) {
    fputs("login\n", file);
    fclose(file);
  }
  return ((login_function)real->functions[LOGIN])(session, user, pin, size);
}

number C_GetFunctionList(struct list **out) {
  void *library = dlopen(getenv("SLOW_PKCS11_MODULE"), RTLD_NOW);
  number (*get)(struct list **) = library == NULL ? NULL : dlsym(library, "C_GetFunctionList");
  if (get == NULL) return 5; /* CKR_GENERAL_ERROR */
  number result = get(&real);
  if (result != 0) return result;
  memcpy(&ours, real, sizeof ours);
  ours.functions[LOGIN] = (void *)login;
  ours.functions[DECRYPT] = (void *)decrypt;
  *out = &ours;
  return 0;
}
