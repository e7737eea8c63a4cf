// region: receive
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	rocketmq "github.com/apache/rocketmq-clients/golang/v5"
	"github.com/apache/rocketmq-clients/golang/v5/credentials"
	v2 "github.com/apache/rocketmq-clients/golang/v5/protocol/v2"
)

func main() {
	running, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	configuration := &rocketmq.Config{
		Endpoint:      os.Getenv("MQLAB_URL"),
		ConsumerGroup: "your-group",
		Credentials:   &credentials.SessionCredentials{}, // the client insists on some
	}
	// The client asks for TLS unless told otherwise, for all of the program.
	rocketmq.EnableSsl = false
	consumer, err := rocketmq.NewSimpleConsumer(configuration,
		rocketmq.WithSimpleAwaitDuration(5*time.Second), // how long Receive waits for a first message
		rocketmq.WithSimpleSubscriptionExpressions(map[string]*rocketmq.FilterExpression{
			"your-topic": rocketmq.SUB_ALL,
		}))
	if err != nil {
		log.Fatal(err)
	}
	if err := consumer.Start(); err != nil {
		log.Fatal(err)
	}
	defer consumer.GracefulStop()
	for running.Err() == nil {
		// What is not acknowledged within 30 s comes again.
		messages, err := consumer.Receive(context.Background(), 16, 30*time.Second)
		// That there was no message is an error, too.
		var status *rocketmq.ErrRpcStatus
		if errors.As(err, &status) && status.GetCode() == int32(v2.Code_MESSAGE_NOT_FOUND) {
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		for _, message := range messages {
			fmt.Println(string(message.GetBody()))
			if err := consumer.Ack(context.Background(), message); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// endregion
