// Optimizer steps: one pass over the arrays, all updated in place. They are elementwise; the
// rules at the top of CKernels.h hold, and no two arrays may overlap.
#ifndef APUS_OPTIMIZERS_H
#define APUS_OPTIMIZERS_H

#include <stdbool.h>
#include <stddef.h>

// Stochastic gradient descent as PyTorch defines it:
//   g = gradient + weight_decay * parameter
//   velocity = first_step ? g : momentum * velocity + (1 - dampening) * g
//   parameter -= learning_rate * (nesterov ? g + momentum * velocity : velocity)
// Without momentum, `velocity` is NULL, and parameter -= learning_rate * g.
typedef struct {
  float learning_rate, momentum, dampening, weight_decay;
  bool nesterov, first_step;
} apus_sgd_options_f32;

typedef struct {
  double learning_rate, momentum, dampening, weight_decay;
  bool nesterov, first_step;
} apus_sgd_options_f64;

void apus_sgd_f32(float *parameter, const float *gradient, float *velocity, size_t n,
                  const apus_sgd_options_f32 *options);
void apus_sgd_f64(double *parameter, const double *gradient, double *velocity, size_t n,
                  const apus_sgd_options_f64 *options);

// Adam (Kingma and Ba, 2015), with the arithmetic of PyTorch:
//   g = gradient + weight_decay * parameter
//   m = beta1 * m + (1 - beta1) * g
//   v = beta2 * v + (1 - beta2) * g * g
//   parameter -= step_size * m / (sqrt(v) * inverse_sqrt_correction2 + epsilon)
// where at step t, from 1: step_size = learning rate / (1 - beta1^t), and
// inverse_sqrt_correction2 = 1 / sqrt(1 - beta2^t).
// 1 - beta is passed as computed in double precision: in f32, 1 - 0.999f has 4 digits only.
typedef struct {
  float step_size, beta1, one_minus_beta1, beta2, one_minus_beta2;
  float inverse_sqrt_correction2, epsilon, weight_decay;
} apus_adam_options_f32;

typedef struct {
  double step_size, beta1, one_minus_beta1, beta2, one_minus_beta2;
  double inverse_sqrt_correction2, epsilon, weight_decay;
} apus_adam_options_f64;

void apus_adam_f32(float *parameter, const float *gradient, float *m, float *v, size_t n,
                   const apus_adam_options_f32 *options);
void apus_adam_f64(double *parameter, const double *gradient, double *m, double *v, size_t n,
                   const apus_adam_options_f64 *options);

#endif
