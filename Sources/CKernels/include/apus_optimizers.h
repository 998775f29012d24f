// Optimizer steps: one pass over the arrays, all updated in place. They are elementwise; the
// rules at the top of CKernels.h hold, and no two arrays may overlap.
#ifndef APUS_OPTIMIZERS_H
#define APUS_OPTIMIZERS_H

#include <stdbool.h>
#include <stddef.h>

// The rules, each with the arrays s0, s1, s2 that it keeps beside the parameter p. All begin with
//   g = gradient_scale * gradient + weight_decay * p + l1 * sign(p)
//   p = keep * p
// (DIRECTION without the decay), where sign(0) = 0.
typedef enum {
  // Stochastic gradient descent; s0 is the velocity, NULL without momentum.
  //   s0 = first_step ? g : beta1 * s0 + one_minus_beta1 * g
  //   p -= learning_rate * (nesterov ? g + beta1 * s0 : s0), or learning_rate * g
  APUS_UPDATE_SGD,
  // The family of Adam; s0 and s1 are the moments, s2 the largest second moment or NULL.
  //   s0 = beta1 * s0 + one_minus_beta1 * g,  s1 = beta2 * s1 + one_minus_beta2 * g * g
  //   s2 = max(s2, s1)
  //   u = gradient_step * g + learning_rate * s0
  //   p -= adaptive ? u / (sqrt(s2 or s1) * root_scale + epsilon) : u
  APUS_UPDATE_MOMENTS,
  // RMSProp; s1 is the average gradient or NULL, s2 the velocity or NULL.
  //   s0 = beta2 * s0 + one_minus_beta2 * g * g,  s1 = beta2 * s1 + one_minus_beta2 * g
  //   u = g / (sqrt(max(s0 - s1 * s1, 0)) + epsilon),  s2 = beta1 * s2 + u
  //   p -= learning_rate * (s2 or u)
  APUS_UPDATE_RMSPROP,
  //   s0 = s0 + g * g,  p -= learning_rate * g / (sqrt(s0) + epsilon)
  APUS_UPDATE_ADAGRAD,
  //   s0 = beta2 * s0 + one_minus_beta2 * g * g
  //   u = sqrt(s1 + epsilon) / sqrt(s0 + epsilon) * g
  //   s1 = beta2 * s1 + one_minus_beta2 * u * u,  p -= learning_rate * u
  APUS_UPDATE_ADADELTA,
  //   s0 = beta1 * s0 + one_minus_beta1 * g,  s1 = max(beta2 * s1, |g| + epsilon)
  //   p -= learning_rate * s0 / s1
  APUS_UPDATE_ADAMAX,
  //   p -= learning_rate * sign(beta1 * s0 + one_minus_beta1 * g)
  //   s0 = beta2 * s0 + one_minus_beta2 * g
  APUS_UPDATE_LION,
  // The direction of LAMB's step, into s2; p stays.
  //   s0 and s1 as MOMENTS
  //   s2 = learning_rate * s0 / (sqrt(s1) * root_scale + epsilon) + weight_decay * p
  APUS_UPDATE_DIRECTION,
  APUS_UPDATE_COUNT
} apus_update_rule;

// Computed in double precision for both types: in f32, 1 - 0.999f has 4 digits only.
typedef struct {
  double gradient_scale, weight_decay, l1, keep;
  double learning_rate, gradient_step, beta1, one_minus_beta1, beta2, one_minus_beta2;
  double root_scale, epsilon;
  bool nesterov, first_step, adaptive;
} apus_update_options;

void apus_update_f32(apus_update_rule rule, float *p, const float *gradient, float *s0, float *s1,
                     float *s2, size_t n, const apus_update_options *options);
void apus_update_f64(apus_update_rule rule, double *p, const double *gradient, double *s0,
                     double *s1, double *s2, size_t n, const apus_update_options *options);

#endif
