// region: send
package main

import (
	"context"
	"log"
	"os"

	rocketmq "github.com/apache/rocketmq-clients/golang/v5"
	"github.com/apache/rocketmq-clients/golang/v5/credentials"
)

func main() {
	configuration := &rocketmq.Config{
		Endpoint:    os.Getenv("MQLAB_URL"),
		Credentials: &credentials.SessionCredentials{}, // the client insists on some
	}
	// The client asks for TLS unless told otherwise, for all of the program.
	rocketmq.EnableSsl = false
	producer, err := rocketmq.NewProducer(configuration, rocketmq.WithTopics("your-topic"))
	if err != nil {
		log.Fatal(err)
	}
	if err := producer.Start(); err != nil {
		log.Fatal(err)
	}
	defer producer.GracefulStop()
	message := &rocketmq.Message{Topic: "your-topic", Body: []byte("Hello from Go")}
	// Returns when the broker has it.
	if _, err := producer.Send(context.Background(), message); err != nil {
		log.Fatal(err)
	}
}

// endregion
