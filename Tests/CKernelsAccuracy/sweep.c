// Measures the errors of the elementwise functions, in units in the last place of the exact result:
// every STEP-th float against double precision, and COUNT doubles against long double. Fails where
// one is beyond what apus_elementwise.h states. scripts/check-accuracy builds and runs it.
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096 };

// ---- The functions, in double precision and wider

#define DEFINE_COMPOSITES(T, S)                                                                  \
  static T rsqrt##S(T x) { return 1 / sqrt##S(x); }                                              \
  static T sigmoid##S(T x) {                                                                     \
    return x >= 0 ? 1 / (1 + exp##S(-x)) : exp##S(x) / (1 + exp##S(x));                          \
  }                                                                                              \
  static T softplus##S(T x) { return (x > 0 ? x : 0) + log1p##S(exp##S(-fabs##S(x))); }          \
  static T silu##S(T x) { return x == -INFINITY ? (T)-0.0 : x * sigmoid##S(x); }                 \
  static T gelu##S(T x) {                                                                        \
    return x == -INFINITY ? (T)-0.0                                                              \
                          : x * (erfc##S(-x * (T)0.707106781186547524400844362104849039L) / 2);  \
  }                                                                                              \
  static T gelu_tanh##S(T x) {                                                                   \
    const T u = (T)1.59576912160573071175954233731747L * (x + (T)0.044715L * x * x * x);         \
    return x == -INFINITY ? (T)-0.0 : x * sigmoid##S(u);                                         \
  }

DEFINE_COMPOSITES(double, )
DEFINE_COMPOSITES(long double, l)

typedef struct {
  const char *name;
  apus_unary_op op;
  double f32_bound, f64_bound;
  double (*f)(double);
  long double (*wide)(long double);
} row;

#define ROW(NAME, F, F32, F64) {#NAME, APUS_##NAME, F32, F64, F, F##l},
static const row rows[] = {
    ROW(RSQRT, rsqrt, 1.5, 1.5)
    ROW(EXP, exp, 1.25, 1.25)
    ROW(EXP2, exp2, 1.25, 1.25)
    ROW(EXPM1, expm1, 2, 2.25)
    ROW(LOG, log, 1, 1)
    ROW(LOG2, log2, 2, 2.25)
    ROW(LOG10, log10, 2, 2)
    ROW(LOG1P, log1p, 1.5, 1.5)
    ROW(SIN, sin, 2.25, 1)
    ROW(COS, cos, 2.25, 1)
    ROW(TAN, tan, 4, 2.5)
    ROW(ASIN, asin, 2.25, 1)
    ROW(ACOS, acos, 1.25, 1)
    ROW(ATAN, atan, 1.75, 1)
    ROW(SINH, sinh, 1.75, 1.75)
    ROW(COSH, cosh, 1.75, 1.5)
    ROW(ASINH, asinh, 2, 2)
    ROW(ACOSH, acosh, 2.25, 2.25)
    ROW(ATANH, atanh, 2.25, 2.25)
    ROW(TANH, tanh, 3, 2.75)
    ROW(SIGMOID, sigmoid, 2.75, 2.5)
    ROW(SOFTPLUS, softplus, 1.75, 1.75)
    ROW(SILU, silu, 2.75, 3.25)
    ROW(ERF, erf, 3.75, 2)
    ROW(GELU_TANH, gelu_tanh, 2.5, 3)
    ROW(GELU, gelu, 4, 8)
};

// ---- Measuring

typedef struct {
  double error, at;
} worst;

// The distance between two numbers, of which one is exact, in units of what the exact one rounds to:
// infinite where just one is infinite or NaN, or zeros differ in sign.
static void measure(double found, double rounded, long double exact, double unit, double x,
                    worst *most) {
  double error;
  if (isnan(found) || isnan(rounded)) error = isnan(found) && isnan(rounded) ? 0 : INFINITY;
  else if (isinf(found) || isinf(rounded)) error = found == rounded ? 0 : INFINITY;
  else if (found == 0 && rounded == 0) error = signbit(found) == signbit(rounded) ? 0 : INFINITY;
  else error = (double)(fabsl(found - exact) / unit);
  if (error > most->error) *most = (worst){error, x};
}

static double unit_f32(float x) {
  const float size = fabsf(x);
  return size < 0x1p-126f ? 0x1p-149 : ldexp(1, ilogbf(size) - 23);
}

static double unit_f64(double x) {
  const double size = fabs(x);
  return size < 0x1p-1022 ? 0x1p-1074 : ldexp(1, ilogb(size) - 52);
}

static worst floats(const row *row, uint32_t step) {
  static float x[BLOCK], y[BLOCK];
  worst most = {0, 0};
  for (uint64_t bits = 0; bits <= UINT32_MAX;) {
    size_t n = 0;
    for (; n < BLOCK && bits <= UINT32_MAX; bits += step) {
      const uint32_t pattern = (uint32_t)bits;
      memcpy(x + n++, &pattern, sizeof *x);
    }
    apus_unary_f32(row->op, x, y, n);
    for (size_t i = 0; i < n; i++) {
      const double exact = row->f(x[i]);
      measure(y[i], (float)exact, exact, unit_f32((float)exact), x[i], &most);
    }
  }
  return most;
}

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}
// Between -1 and 1.
static double fraction(void) { return (double)(int64_t)next() * 0x1p-63; }

// Any bits; the range where functions bend; small numbers; numbers near 1.
static double sample(void) {
  double x;
  switch (next() & 3) {
    case 0: {
      const uint64_t bits = next();
      memcpy(&x, &bits, sizeof x);
      return x;
    }
    case 1: return 40 * fraction();
    case 2: return (next() & 1 ? 750 : 1) * fraction();
    default:
      return next() & 1 ? ldexp(fraction(), 10 - (int)(next() % 60))
                        : 1 + ldexp(fraction(), -(int)(next() % 30));
  }
}

static worst doubles(const row *row, size_t count) {
  static double x[BLOCK], y[BLOCK];
  worst most = {0, 0};
  for (size_t done = 0; done < count; done += BLOCK) {
    for (size_t i = 0; i < BLOCK; i++) x[i] = sample();
    apus_unary_f64(row->op, x, y, BLOCK);
    for (size_t i = 0; i < BLOCK; i++) {
      const long double exact = row->wide(x[i]);
      measure(y[i], (double)exact, exact, unit_f64((double)exact), x[i], &most);
    }
  }
  return most;
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  // The CPU may lack the set that the environment names.
  if (strcmp(arguments[1], apus_isa_name(apus_isa_active())) != 0) return 0;
  const uint32_t step = (uint32_t)strtoul(arguments[2], NULL, 10);
  const size_t samples = strtoul(arguments[3], NULL, 10);
  if (step == 0) return 64;
  int failures = 0;
  printf("%-10s %8s %8s   %s\n", apus_isa_name(apus_isa_active()), "f32", "f64", "worst at");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const worst single = floats(&rows[i], step), twice = doubles(&rows[i], samples);
    const bool fails = single.error > rows[i].f32_bound || twice.error > rows[i].f64_bound;
    printf("%-10s %8.3f %8.3f   %a, %a%s\n", rows[i].name, single.error, twice.error, single.at,
           twice.at, fails ? "  MORE THAN STATED" : "");
    fflush(stdout);
    failures += fails;
  }
  return failures > 0;
}
