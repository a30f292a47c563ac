"""Logistic regression with a quadratic penalty, by L-BFGS; a text's features count for one over the root of their number."""
import numpy as np

REMEMBERED, STEPS = 8, 300


def fit(rows, yes, weight, penalty, bias=True):
    """The weights of the rows and the bias."""
    scale = 1 / np.sqrt(np.maximum(1, rows.counts))
    sign, n = np.where(yes, 1.0, -1.0), 1 << rows.bits

    def loss(theta):
        margin = sign * (rows.sums(theta[:n]) * scale + theta[n])
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = (weight * np.logaddexp(0, -margin)).sum() + penalty / 2 * (theta[:n] ** 2).sum()
        return value, np.concatenate([rows.gather(slope * scale) + penalty * theta[:n], [slope.sum() if bias else 0]])

    theta = np.zeros(n + 1)
    value, slope = loss(theta)
    moves, turns = [], []
    for _ in range(STEPS):
        way, kept = slope.copy(), []
        for move, turn in zip(moves[::-1], turns[::-1]):
            kept.append(move @ way / (move @ turn))
            way -= kept[-1] * turn
        way *= moves[-1] @ turns[-1] / (turns[-1] @ turns[-1]) if moves else 1 / max(1, np.linalg.norm(slope))
        for move, turn, one in zip(moves, turns, kept[::-1]):
            way += move * (one - turn @ way / (move @ turn))
        step = 1.0
        while True:
            there, (value_there, slope_there) = theta - step * way, loss(theta - step * way)
            if value_there <= value - 1e-4 * step * (slope @ way) or step < 1e-6:
                break
            step /= 2
        if step < 1e-6:
            break
        if (there - theta) @ (slope_there - slope) > 1e-12:
            moves, turns = [*moves, there - theta][-REMEMBERED:], [*turns, slope_there - slope][-REMEMBERED:]
        done = abs(value - value_there) < 1e-5 * abs(value)
        theta, value, slope = there, value_there, slope_there
        if done:
            break
    return theta[:n], theta[n]
