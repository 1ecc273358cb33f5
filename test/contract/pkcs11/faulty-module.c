/* A PKCS#11 module that passes everything to another one and goes wrong once, in the way the test asks for.
 * FAULTY_REAL names the other module, FAULTY_HOW the fault; it happens when the file FAULTY_WHEN exists, which is removed by it. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pkcs11/pkcs11.h>

static CK_FUNCTION_LIST list;
static CK_FUNCTION_LIST_PTR real;
static CK_SESSION_HANDLE stuck;

static int now(const char *how) {
  return strcmp(getenv("FAULTY_HOW"), how) == 0 && unlink(getenv("FAULTY_WHEN")) == 0;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  if (now("prints-pin")) {
    printf("debug: login with '%.*s'\n", (int)length, pin);
    fflush(stdout);
    fprintf(stderr, "debug: login with '%.*s'\n", (int)length, pin);
  }
  return real->C_Login(session, user, pin, length);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  /* As SoftHSM does: once a session is in this state it stays there for ever. */
  if (now("operation-active")) stuck = session;
  if (stuck != 0 && stuck == session) return CKR_OPERATION_ACTIVE;
  if (now("handle-invalid")) return CKR_KEY_HANDLE_INVALID;
  if (now("hangs-in-init")) pause();
  return real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length) {
  if (now("bends-digest")) data[0] ^= 1;
  if (now("crashes")) raise(SIGSEGV);
  if (now("aborts")) abort();
  if (now("hangs-in-sign")) pause();
  if (now("removed")) return CKR_DEVICE_REMOVED;
  CK_RV answer = real->C_Sign(session, data, length, out, out_length);
  if (now("short-answer")) *out_length = 63;
  return answer;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  void *module = dlopen(getenv("FAULTY_REAL"), RTLD_NOW | RTLD_LOCAL);
  CK_C_GetFunctionList get = module == NULL ? NULL : (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
  if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  list = *real;
  list.C_Login = login;
  list.C_SignInit = sign_init;
  list.C_Sign = sign;
  *out = &list;
  return CKR_OK;
}
