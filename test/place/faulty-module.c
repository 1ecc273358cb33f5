/* A PKCS#11 module that passes everything to another one and goes wrong where and how a test asks for.
 *
 * FAULTY_REAL  the other module
 * FAULTY_HOW   HOW@CALL, such as `crash@C_Sign` or `error-48@C_Login`; `C_Sign:after` is after the other module has signed
 * FAULTY_WHEN  a file: the fault happens when it exists, and removes it; so it happens once. With FAULTY_HOW=told it holds the HOW@CALL
 * FAULTY_AWAY  a file: while it exists, the device is removed
 * FAULTY_LOG   a file that gets one byte for each login that is tried
 * FAULTY_DELAY microseconds that every signature takes longer
 *
 * HOW: linger (a process of ours stays, with all our pipes, its number in FAULTY_WHEN.lingers), hold (wait until FAULTY_WHEN.go exists), crash, abort, hang, error-N, and for a signature bend (sign another digest), other (answer another signature), short,
 * strip (without the leading zeros of r, as some modules do), der, high (s above half the order), zero, again (the last one's r and s);
 * for a login say (print the PIN); for a signature stuck (the session stays unusable); always-weak (keys say that they may leave);
 * not-copyable (it knows no CKA_COPYABLE, in no template and of no key). */
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
static CK_BYTE last[64];

/* HOW@CALL of the fault to come; nothing once told and over. */
static const char *fault(char *told, size_t size) {
  const char *how = getenv("FAULTY_HOW");
  if (strcmp(how, "told") != 0) return how;
  FILE *file = fopen(getenv("FAULTY_WHEN"), "r");
  if (file == NULL) return "none";
  if (fgets(told, (int)size, file) == NULL) told[0] = 0;
  fclose(file);
  return told;
}

static int is_next(const char *how, const char *call) {
  char both[64], told[64];
  snprintf(both, sizeof both, "%s@%s", how, call);
  return strcmp(fault(told, sizeof told), both) == 0 && unlink(getenv("FAULTY_WHEN")) == 0;
}

/* As a module does that starts a helper of its own: the process outlives the agent. Not for ever, should a test forget it. */
static void linger(void) {
  pid_t child = fork();
  if (child == 0) {
    sleep(60);
    _exit(0);
  }
  char path[1024];
  snprintf(path, sizeof path, "%s.lingers", getenv("FAULTY_WHEN"));
  FILE *file = fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%d", (int)child);
  fclose(file);
}

/* What can go wrong with any call: CKR_OK when nothing does. */
static CK_RV trouble(const char *call) {
  const char *away = getenv("FAULTY_AWAY");
  if (away != NULL && access(away, F_OK) == 0) return CKR_DEVICE_REMOVED;
  char told[64];
  const char *how = fault(told, sizeof told);
  const char *at = strchr(how, '@');
  if (at == NULL || strcmp(at + 1, call) != 0) return CKR_OK;
  if (is_next("crash", call)) raise(SIGSEGV);
  if (is_next("abort", call)) abort();
  if (is_next("hold", call)) {
    char go[1024];
    snprintf(go, sizeof go, "%s.go", getenv("FAULTY_WHEN"));
    while (access(go, F_OK) != 0) usleep(1000);
  }
  if (is_next("linger", call)) linger();
  if (is_next("hang", call)) for (;;) pause();
  if (strncmp(how, "error-", 6) == 0 && unlink(getenv("FAULTY_WHEN")) == 0) return strtoul(how + 6, NULL, 10);
  return CKR_OK;
}

#define FIRST(call) \
  do { \
    CK_RV wrong = trouble(call); \
    if (wrong != CKR_OK) return wrong; \
  } while (0)

static CK_RV initialize(CK_VOID_PTR args) {
  FIRST("C_Initialize");
  return real->C_Initialize(args);
}

static CK_RV slots(CK_BBOOL present, CK_SLOT_ID_PTR ids, CK_ULONG_PTR count) {
  FIRST("C_GetSlotList");
  return real->C_GetSlotList(present, ids, count);
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  FIRST("C_GetTokenInfo");
  return real->C_GetTokenInfo(slot, info);
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR own, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR out) {
  FIRST("C_OpenSession");
  return real->C_OpenSession(slot, flags, own, notify, out);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  const char *log = getenv("FAULTY_LOG");
  FILE *file = log == NULL ? NULL : fopen(log, "a");
  if (file != NULL) {
    fputc('.', file);
    fclose(file);
  }
  FIRST("C_Login");
  if (is_next("say", "C_Login")) {
    printf("debug: login with '%.*s'\n", (int)length, pin);
    fflush(stdout);
    fprintf(stderr, "debug: login with '%.*s'\n", (int)length, pin);
  }
  return real->C_Login(session, user, pin, length);
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  FIRST("C_FindObjectsInit");
  return real->C_FindObjectsInit(session, template, count);
}

static CK_RV attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  FIRST("C_GetAttributeValue");
  if (strcmp(getenv("FAULTY_HOW"), "not-copyable") == 0 && template->type == CKA_COPYABLE) return CKR_ATTRIBUTE_TYPE_INVALID;
  CK_RV answer = real->C_GetAttributeValue(session, object, template, count);
  if (answer == CKR_OK && strcmp(getenv("FAULTY_HOW"), "always-weak") == 0 && template->type == CKA_EXTRACTABLE && template->pValue != NULL)
    *(CK_BBOOL *)template->pValue = CK_TRUE;
  return answer;
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR open, CK_ULONG open_count,
                      CK_ATTRIBUTE_PTR closed, CK_ULONG closed_count, CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key) {
  if (strcmp(getenv("FAULTY_HOW"), "not-copyable") == 0)
    for (CK_ULONG at = 0; at < closed_count; at++)
      if (closed[at].type == CKA_COPYABLE) return CKR_ATTRIBUTE_TYPE_INVALID;
  return real->C_GenerateKeyPair(session, mechanism, open, open_count, closed, closed_count, public_key, private_key);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  /* As SoftHSM does: once a session is in this state it stays there for ever. */
  if (is_next("stuck", "C_SignInit")) stuck = session;
  if (stuck != 0 && stuck == session) return CKR_OPERATION_ACTIVE;
  FIRST("C_SignInit");
  return real->C_SignInit(session, mechanism, key);
}

/* n - s, so that a low s becomes a high one; both are right signatures of ECDSA. */
static void negate(CK_BYTE *s) {
  static const CK_BYTE order[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
  int borrow = 0;
  for (int at = 31; at >= 0; at--) {
    int left = order[at] - s[at] - borrow;
    borrow = left < 0;
    s[at] = (CK_BYTE)left;
  }
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length) {
  const char *delay = getenv("FAULTY_DELAY");
  if (delay != NULL) usleep((useconds_t)atoi(delay));
  FIRST("C_Sign");
  if (is_next("bend", "C_Sign")) data[0] ^= 1;
  CK_RV answer = real->C_Sign(session, data, length, out, out_length);
  if (answer != CKR_OK || *out_length != 64) return answer;
  FIRST("C_Sign:after");
  if (is_next("again", "C_Sign")) memcpy(out, last, 64);
  memcpy(last, out, 64);
  if (is_next("other", "C_Sign")) out[63] ^= 1;
  if (is_next("zero", "C_Sign")) memset(out, 0, 64);
  if (is_next("short", "C_Sign")) *out_length = 63;
  if (is_next("high", "C_Sign") && out[32] < 0x80) negate(out + 32);
  /* As if r had begun with a zero byte that the module left out. */
  if (is_next("strip", "C_Sign")) {
    memmove(out, out + 1, 63);
    *out_length = 63;
  }
  if (is_next("der", "C_Sign")) {
    CK_BYTE der[72] = {0x30, 70, 2, 33, 0};
    memcpy(der + 5, out, 32);
    der[37] = 2;
    der[38] = 33;
    memcpy(der + 40, out + 32, 32);
    memcpy(out, der, sizeof der);
    *out_length = sizeof der;
  }
  return answer;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  void *module = dlopen(getenv("FAULTY_REAL"), RTLD_NOW | RTLD_LOCAL);
  CK_C_GetFunctionList get = module == NULL ? NULL : (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
  if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  list = *real;
  list.C_Initialize = initialize;
  list.C_GetSlotList = slots;
  list.C_GetTokenInfo = token_info;
  list.C_OpenSession = open_session;
  list.C_Login = login;
  list.C_FindObjectsInit = find_init;
  list.C_GetAttributeValue = attributes;
  list.C_GenerateKeyPair = generate;
  list.C_SignInit = sign_init;
  list.C_Sign = sign;
  *out = &list;
  return CKR_OK;
}
