using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Gateway.Onnx.Running;

/// <summary>A tensor of one row over memory that is reused, with a view for each length that was ever asked for.</summary>
internal abstract class RowTensor(int maxLength) : IDisposable
{
    private readonly OrtValue?[] _views = new OrtValue?[maxLength + 1];

    /// <summary>A tensor of int64 or int32.</summary>
    public static RowTensor Create(TensorElementType type, int maxLength) =>
        type == TensorElementType.Int32 ? new Int32Row(maxLength) : new Int64Row(maxLength);

    /// <summary>Writes a row and gives its view.</summary>
    public abstract OrtValue Write(ReadOnlySpan<int> row);

    /// <summary>Sets every element.</summary>
    public abstract void Fill(int value);

    /// <summary>The first <paramref name="length"/> elements as a tensor [1, length].</summary>
    public OrtValue View(int length) => _views[length] ??= Make(length);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
        {
            view?.Dispose();
        }
    }

    /// <summary>Makes the view of a length.</summary>
    protected abstract OrtValue Make(int length);

    private sealed class Int64Row(int maxLength) : RowTensor(maxLength)
    {
        private readonly long[] _values = GC.AllocateArray<long>(maxLength, pinned: true);

        public override OrtValue Write(ReadOnlySpan<int> row)
        {
            for (var i = 0; i < row.Length; i++)
            {
                _values[i] = row[i];
            }

            return View(row.Length);
        }

        public override void Fill(int value) => Array.Fill(_values, value);

        protected override OrtValue Make(int length) =>
            OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, length), [1, length]);
    }

    private sealed class Int32Row(int maxLength) : RowTensor(maxLength)
    {
        private readonly int[] _values = GC.AllocateArray<int>(maxLength, pinned: true);

        public override OrtValue Write(ReadOnlySpan<int> row)
        {
            row.CopyTo(_values);
            return View(row.Length);
        }

        public override void Fill(int value) => Array.Fill(_values, value);

        protected override OrtValue Make(int length) =>
            OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, length), [1, length]);
    }
}
