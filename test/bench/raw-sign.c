/* The reference: what a module signs in a loop, in so many threads of a session each, with nothing around it.
 *
 * raw-sign MODULE LABEL PIN-FILE THREADS
 *
 * For each line of its input, a number of milliseconds, it signs that long and answers `SIGNED WALL-US CPU-US`. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <pkcs11/pkcs11.h>

static CK_FUNCTION_LIST_PTR module;
static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE key;
static CK_SESSION_HANDLE sessions[64];
static long made[64];
static double until;

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double cpu_us(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static void must(CK_RV answer, const char *call) {
  if (answer == CKR_OK) return;
  fprintf(stderr, "%s answered %lu\n", call, answer);
  exit(1);
}

static void find_slot(const char *label) {
  CK_SLOT_ID slots[64];
  CK_ULONG count = 64;
  must(module->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
  for (CK_ULONG at = 0; at < count; at++) {
    CK_TOKEN_INFO info;
    must(module->C_GetTokenInfo(slots[at], &info), "C_GetTokenInfo");
    if (memcmp(info.label, label, strlen(label)) != 0) continue;
    slot = slots[at];
    return;
  }
  must(CKR_TOKEN_NOT_PRESENT, "the label");
}

static void find_key(CK_SESSION_HANDLE session) {
  CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE template = {CKA_CLASS, &private_key, sizeof private_key};
  CK_ULONG count = 0;
  must(module->C_FindObjectsInit(session, &template, 1), "C_FindObjectsInit");
  must(module->C_FindObjects(session, &key, 1, &count), "C_FindObjects");
  must(module->C_FindObjectsFinal(session), "C_FindObjectsFinal");
  if (count != 1) must(CKR_KEY_HANDLE_INVALID, "the key");
}

static void *sign(void *number) {
  long at = (long)number;
  CK_BYTE digest[32] = {(CK_BYTE)at};
  for (made[at] = 0; now_us() < until; made[at]++) {
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    CK_BYTE signature[64];
    CK_ULONG length = sizeof signature;
    memcpy(digest + 8, &made[at], sizeof made[at]);
    must(module->C_SignInit(sessions[at], &ecdsa, key), "C_SignInit");
    must(module->C_Sign(sessions[at], digest, sizeof digest, signature, &length), "C_Sign");
    if (length != 64) must(CKR_SIGNATURE_LEN_RANGE, "the length");
  }
  return NULL;
}

int main(int count, char **words) {
  if (count != 5) return 2;
  char pin[256] = "";
  FILE *file = fopen(words[3], "r");
  if (file == NULL || fgets(pin, sizeof pin, file) == NULL) return 2;
  pin[strcspn(pin, "\n")] = 0;
  long threads = atol(words[4]);
  void *library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
  CK_C_GetFunctionList get = library == NULL ? NULL : (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
  if (get == NULL || threads < 1 || threads > 64) return 2;
  CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
  must(get(&module), "C_GetFunctionList");
  must(module->C_Initialize(&args), "C_Initialize");
  find_slot(words[2]);
  for (long at = 0; at < threads; at++)
    must(module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &sessions[at]), "C_OpenSession");
  must(module->C_Login(sessions[0], CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)), "C_Login");
  find_key(sessions[0]);
  printf("ready\n");
  fflush(stdout);
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    double began = now_us(), cpu = cpu_us();
    pthread_t running[64];
    long total = 0;
    until = began + atof(line) * 1e3;
    for (long at = 0; at < threads; at++) pthread_create(&running[at], NULL, sign, (void *)at);
    for (long at = 0; at < threads; at++) {
      pthread_join(running[at], NULL);
      total += made[at];
    }
    printf("%ld %.0f %.0f\n", total, now_us() - began, cpu_us() - cpu);
    fflush(stdout);
  }
  return 0;
}
